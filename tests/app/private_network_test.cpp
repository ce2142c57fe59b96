// Networks that are closed to strangers: by a key, and by a list of peers.
#include "tests/app/program_fixture.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <fstream>

namespace grapevine::app {
namespace {

using Catch::Contains;
using std::filesystem::perms;

// A private network's key in a file of its own.
struct swarm_key_file {
  swarm_key_file() {
    const auto made = run_program({"swarm-key", path});
    REQUIRE(made.status == 0);
    REQUIRE(made.out.size() == 1);
    fingerprint = made.out[0];
  }

  temporary_folder folder;
  std::string path = (folder / "swarm.key").string();
  std::string fingerprint;
};

words publish(const running_node& to, const words& more = {}) {
  words arguments{"pub",    "news", "--message", "hello",
                  "--wait", "3s",   "--peer",    to.address()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST_CASE("swarm-key: makes a key as other implementations have it",
          "[app][pnet]") {
  const swarm_key_file key;
  CHECK(std::filesystem::status(key.path).permissions()
        == (perms::owner_read | perms::owner_write));
  std::ifstream in{key.path};
  std::string line;
  std::getline(in, line);
  CHECK(line == "/key/swarm/psk/1.0.0/");
  std::getline(in, line);
  CHECK(line == "/base16/");
  std::getline(in, line);
  CHECK(line.size() == 64);
  CHECK(key.fingerprint.size() == 32);
  const auto shown = run_program({"swarm-key", key.path, "--show"});
  CHECK(shown.out == words{key.fingerprint});
}

TEST_CASE("swarm-key: never replaces a key, and shows none that is not there",
          "[app][pnet]") {
  const swarm_key_file key;
  const auto again = run_program({"swarm-key", key.path});
  CHECK(again.status == 1);
  CHECK_THAT(again.err, Contains("there is such a file already"));
  CHECK(run_program({"swarm-key", key.path, "--show"}).out
        == words{key.fingerprint});
  const auto missing = run_program({"swarm-key", "/nowhere/key", "--show"});
  CHECK(missing.status == 1);
  CHECK_THAT(missing.err, Contains("/nowhere/key"));
}

TEST_CASE("private network: who holds the key takes part, others get no "
          "handshake",
          "[app][pnet]") {
  const swarm_key_file key;
  const swarm_key_file other;
  running_node node{
      {"--topic", "news", "--log-level", "info", "--swarm-key", key.path}};
  node.process().wait_for_error("in a private network: only who holds its key "
                                "is connected fingerprint="
                                + key.fingerprint);
  CHECK(run_program(publish(node, {"--swarm-key", key.path})).status == 0);
  CHECK(run_program(
            {"ping", node.address(), "--count", "1", "--swarm-key", key.path})
            .status
        == 0);
  const auto stranger = run_program(publish(node));
  CHECK(stranger.status == 1);
  node.process().wait_for_error(
      "inbound connection ended: the handshake failed: the other side does "
      "not hold this private network's key addr=/ip4/127.0.0.1/tcp/");
  const auto another = run_program(publish(node, {"--swarm-key", other.path}));
  CHECK(another.status == 1);
  // Who dials is told what may be wrong.
  CHECK_THAT(another.err, Contains("private network's key"));
}

TEST_CASE("private network: a node with a key has nothing to do with one "
          "without",
          "[app][pnet]") {
  const swarm_key_file key;
  running_node node{{"--topic", "news"}};
  const auto keyed = run_program(publish(node, {"--swarm-key", key.path}));
  CHECK(keyed.status == 1);
  CHECK_THAT(keyed.err, Contains("private network's key"));
  const auto ping = run_program(
      {"ping", node.address(), "--count", "1", "--swarm-key", key.path});
  CHECK(ping.status == 1);
  CHECK(run_program(publish(node)).status == 0);
}

TEST_CASE("private network: without its key a node does not start",
          "[app][pnet]") {
  const temporary_folder folder;
  const auto bad = folder.file("swarm.key", "secret\n");
  const auto mode = perms::owner_read | perms::owner_write;
  std::filesystem::permissions(bad, mode);
  const auto none = run_program({"run", "--swarm-key", "/nowhere/swarm.key"});
  CHECK(none.status == 1);
  CHECK_THAT(none.err, Contains("--swarm-key: /nowhere/swarm.key: "));
  for (const auto* check : {"--listen", "--config-test"}) {
    words arguments{"run", "--swarm-key", bad, check};
    if (check == std::string{"--listen"})
      arguments.emplace_back("/ip4/127.0.0.1/tcp/0");
    const auto ended = run_program(arguments);
    CHECK(ended.status == 1);
    CHECK_THAT(ended.err, Contains("not a private network's key: it does not "
                                   "begin with /key/swarm/psk/1.0.0/"));
  }
  std::filesystem::permissions(bad, mode | perms::others_read);
  CHECK_THAT(run_program({"run", "--swarm-key", bad}).err,
             Contains("lets others than its owner at the network's key"));
}

TEST_CASE("allow-peers-file: only its peers are connected, and SIGHUP reads "
          "it again",
          "[app]") {
  const temporary_folder folder;
  const auto key_of = [&](const std::string& name) {
    return (folder / name).string();
  };
  const auto id_of = [&](const std::string& name) {
    return run_program({"keygen", "--out", key_of(name)}).out.at(0);
  };
  const auto alice = id_of("alice");
  const auto bob = id_of("bob");
  const auto list = (folder / "peers").string();
  const auto write = [&](const std::string& text) {
    std::ofstream{list} << text;
  };
  write(alice + " # alice\n");
  running_node node{
      {"--topic", "news", "--log-level", "info", "--allow-peers-file", list}};
  const auto status_of = [&](const std::string& name) {
    return run_program(publish(node, {"--identity", key_of(name)})).status;
  };
  CHECK(status_of("alice") == 0);
  CHECK(status_of("bob") == 1);
  program subscriber{
      {"sub", "news", "--identity", key_of("alice"), "--peer", node.address()}};
  subscriber.wait_for_error("in the mesh");
  write("# alice has left\n" + bob + "\n");
  node.process().signal(SIGHUP);
  node.process().wait_for_error("reloaded: allow-peers-file\n");
  node.process().wait_for_error(
      "disconnected 1 peers that may not be connected any longer");
  CHECK(status_of("bob") == 0);
  write("somebody\n");
  node.process().signal(SIGHUP);
  node.process().wait_for_error("not reloaded: --allow-peers-file: \"" + list
                                + "\": line 1: \"somebody\": ");
  write("");
  node.process().signal(SIGHUP);
  node.process().wait_for_error("names no peer");
  CHECK(status_of("bob") == 0);
  CHECK(status_of("alice") == 1);
}

} // namespace
} // namespace grapevine::app
