#include "tests/app/api_fixture.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <fstream>
#include <sys/stat.h>

namespace grapevine::app {
namespace {

using Catch::Contains;

// A node with a configuration file that changes.
struct reloading_node {
  explicit reloading_node(const std::string& text) {
    write(text);
    node.emplace(words{"--config", file(), "--log-level", "info"});
  }

  std::string file() const { return (folder / "node.toml").string(); }

  void write(const std::string& text) const {
    std::ofstream{folder / "node.toml"} << text;
  }

  void reload(const std::string& text) {
    write(text);
    node->process().signal(SIGHUP);
  }

  temporary_folder folder;
  std::optional<running_node> node;
};

TEST_CASE("SIGHUP: the node takes what can be changed, and says what cannot",
          "[app]") {
  reloading_node f{"topic = [\"news\"]\n"};
  f.reload("topic = [\"weather\"]\npolicy = \"strict-no-sign\"\n");
  auto& node = f.node->process();
  node.wait_for_error("reloaded: topic\n");
  node.wait_for_error("these need a restart: policy\n");
  CHECK(run_program(
            {"pub", "weather", "--message", "m", "--peer", f.node->address()})
            .status
        == 0);
  CHECK(run_program({"pub", "news", "--message", "m", "--wait", "100ms",
                     "--peer", f.node->address()})
            .status
        == 1);
  f.reload("topic = [\"weather\"]\n");
  node.wait_for_error("reloaded: nothing has changed");
  node.signal(SIGTERM);
  CHECK(node.status() == 0);
}

TEST_CASE("SIGHUP: a file with errors changes nothing", "[app]") {
  reloading_node f{"topic = [\"news\"]\n"};
  f.reload("topic = [\"weather\"]\nmesh-d = \"many\"\n");
  f.node->process().wait_for_error("node.toml:2: mesh-d: \"many\"");
  f.node->process().wait_for_error("the node goes on as it was");
  CHECK(run_program(
            {"pub", "news", "--message", "m", "--peer", f.node->address()})
            .status
        == 0);
}

TEST_CASE("SIGHUP: the log's level changes with the file", "[app]") {
  const temporary_folder folder;
  const auto write = [&](const std::string& text) {
    std::ofstream{folder / "node.toml"} << text;
  };
  write("log-level = \"info\"\n");
  running_node node{{"--config", (folder / "node.toml").string()}};
  write("log-level = \"debug\"\n");
  node.process().signal(SIGHUP);
  node.process().wait_for_error("reloaded: log-level");
  REQUIRE(run_program({"ping", node.address(), "--count", "1"}).status == 0);
  node.process().wait_for_error(" debug ");
}

TEST_CASE("SIGHUP: a log level that was set while running stays until the "
          "file has another one",
          "[app]") {
  const temporary_folder folder;
  const auto write = [&](const std::string& text) {
    std::ofstream{folder / "node.toml"} << text;
  };
  write("log-level = \"info\"\n");
  api_node node{{"--config", (folder / "node.toml").string()}};
  const auto reload = [&](const std::string& says) {
    node.process().signal(SIGHUP);
    node.process().wait_for_error(says);
    return node.get("/api/v1/log-level").body;
  };
  REQUIRE(node.ask("PUT", "/api/v1/log-level", R"({"level":"debug"})").status
          == 200);
  write("log-level = \"info\"\nmax-peers = 7\n");
  CHECK(reload("reloaded: max-peers") == "{\"level\":\"debug\"}\n");
  write("log-level = \"warn\"\nmax-peers = 7\nmesh-d = 7\n");
  CHECK(reload("need a restart: mesh-d") == "{\"level\":\"warn\"}\n");
}

TEST_CASE("SIGHUP: from where connections may come changes with the file",
          "[app]") {
  const std::string denied = "topic = [\"news\"]\n"
                             "deny-network = [\"127.0.0.0/8\"]\n";
  const auto only_there = denied + "allow-network = [\"127.0.0.1/32\"]\n";
  reloading_node f{only_there};
  auto& node = f.node->process();
  const auto ping = [&] {
    return run_program({"ping", f.node->address(), "--count", "1"});
  };
  CHECK(ping().status == 0);
  program subscriber{{"sub", "news", "--peer", f.node->address()}};
  subscriber.wait_for_error("in the mesh");
  f.reload(denied);
  node.wait_for_error("disconnected 1 peers that may not be connected any "
                      "longer");
  node.wait_for_error("reloaded: allow-network");
  CHECK(ping().status == 1);
  f.reload(only_there);
  node.wait_for_error("reloaded: allow-network", 2);
  CHECK(ping().status == 0);
}

TEST_CASE("networks: what is not dialled as it is denied is said", "[app]") {
  running_node node{{}};
  const auto ended =
      run_program({"pub", "news", "--message", "m", "--peer", node.address(),
                   "--deny-network", "127.0.0.0/8", "--wait", "100ms"});
  CHECK(ended.status == 1);
  CHECK_THAT(ended.err, Contains("127.0.0.1 is in the denied network "
                                 "127.0.0.0/8"));
}

TEST_CASE("--config-test: checks what can be checked, and changes nothing",
          "[app]") {
  const temporary_folder folder;
  const auto key = (folder / "key").string();
  const auto check = [&](const words& options) {
    words all{"run", "--config-test", "--identity",
              key,   "--listen",      "/ip4/127.0.0.1/tcp/0"};
    all.insert(all.end(), options.begin(), options.end());
    return run_program(all);
  };
  const auto good = check({"--topic", "news"});
  CHECK(good.status == 0);
  CHECK(good.out == words{"the configuration is good"});
  CHECK_FALSE(std::filesystem::exists(key));
  CHECK(check({"--mesh-d", "1"}).status == 2);
  CHECK(check({"--peer", "/ip4/192.0.2.1/udp/1/quic-v1"}).status == 2);
  const auto elsewhere = check({"--listen", "/ip4/192.0.2.1/tcp/4001"});
  CHECK(elsewhere.status == 1);
  CHECK_THAT(elsewhere.err, Contains("--listen: \"/ip4/192.0.2.1/tcp/4001\""));
  CHECK(check({"--trace-file", "/does/not/exist"}).status == 1);
  std::ofstream{key} << "no key";
  CHECK(::chmod(key.c_str(), 0600) == 0);
  CHECK(check({}).status == 1);
}

TEST_CASE("--config-test: a node that runs with it is no fault", "[app]") {
  const temporary_folder folder;
  const auto key = (folder / "key").string();
  const auto address = loopback(free_port());
  program node{{"run", "--listen", address, "--identity", key}};
  node.line();
  CHECK(run_program(
            {"run", "--config-test", "--listen", address, "--identity", key})
            .status
        == 0);
}

TEST_CASE("--print-config: all that is in force, from where it is, and a file "
          "again",
          "[app]") {
  const temporary_folder folder;
  const auto file =
      folder.file("node.toml", "mesh-d = 7\ntopic = [\"news\"]\n");
  const auto printed =
      run_program({"run", "--config", file, "--print-config", "--mesh-dlo", "3",
                   "--behaviour-decay", "5m"});
  REQUIRE(printed.status == 0);
  std::string text;
  for (const auto& line : printed.out)
    text += line + "\n";
  CHECK_THAT(text, Contains("# From " + file + ":1.\nmesh-d = 7\n"));
  CHECK_THAT(text, Contains("# From the command line.\nmesh-dlo = 3\n"));
  CHECK_THAT(text, Contains("# Default.\nmesh-dhi = 12\n"));
  CHECK_THAT(text, Contains("# Default.\nlog-level = \"info\"\n"));
  CHECK_THAT(text, Contains("\nlisten = [\"/ip4/0.0.0.0/tcp/4001\""));
  CHECK_THAT(text, Contains("/grapevine/identity.key\"\n"));
  CHECK_THAT(text, Contains("# As score-profile has it.\n# behaviour-weight = "
                            "-"));
  const auto again = run_program(
      {"run", "--print-config", "--config", folder.file("printed.toml", text)});
  REQUIRE(again.status == 0);
  CHECK(settings_of(again.out) == settings_of(printed.out));
}

} // namespace
} // namespace grapevine::app
