#include "tests/app/program_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <csignal>
#include <fstream>
#include <set>

namespace grapevine::app {
namespace {

using Catch::Contains;

TEST_CASE("run: says where it listens and ends in order", "[app]") {
  const int number = GENERATE(SIGTERM, SIGINT);
  INFO("signal " << number);
  running_node node{{}};
  CHECK_THAT(node.address(), Contains("/p2p/12D3Koo"));
  CHECK_THAT(node.address(), !Contains("/tcp/0/"));
  node.process().signal(number);
  CHECK(node.process().status() == 0);
  CHECK_THAT(node.process().errors(), Contains("stopping"));
}

TEST_CASE("run: is the same peer again, by its identity file", "[app]") {
  const temporary_folder folder;
  const auto key = (folder / "key").string();
  const auto id_of = [](const std::string& address) {
    return address.substr(address.rfind('/') + 1);
  };
  running_node first{{"--identity", key}};
  CHECK(run_program({"id", "--identity", key}).out
        == words{id_of(first.address())});
  first.process().signal(SIGTERM);
  REQUIRE(first.process().status() == 0);
  running_node second{{"--identity", key}};
  CHECK(id_of(first.address()) == id_of(second.address()));
}

TEST_CASE("run: a key that another node uses is an error that names it",
          "[app]") {
  const temporary_folder folder;
  const auto key = (folder / "key").string();
  running_node first{{"--identity", key}};
  const auto second = run_program(
      {"run", "--listen", "/ip4/127.0.0.1/tcp/0", "--identity", key});
  CHECK(second.status == 1);
  CHECK(second.out.empty());
  CHECK_THAT(second.err,
             Contains("(process " + std::to_string(first.process().id()) + ")")
                 && Contains("--identity"));
}

TEST_CASE("run: a signal that is sent twice at once kills nobody", "[app]") {
  running_node node{{}};
  node.process().signal(SIGTERM);
  node.process().signal(SIGINT);
  CHECK(node.process().status() == 0);
}

TEST_CASE("descriptors that are closed do no harm", "[app]") {
  running_node node{{"--topic", "news"}};
  const auto ended = run_shell("\"$GRAPEVINE\" pub news --message m --peer "
                               + node.address() + " 0<&- 1>&- 2>&-");
  CHECK(ended.status == 0);
}

TEST_CASE("run: an address that is taken is a failure", "[app]") {
  running_node first{{}};
  const auto address = first.address().substr(0, first.address().find("/p2p/"));
  const auto second = run_program({"run", "--listen", address});
  CHECK(second.status == 1);
  CHECK(second.out.empty());
  CHECK_THAT(second.err, Contains("grapevine: cannot listen on " + address)
                             && Contains("Address already in use"));
}

TEST_CASE("run: an address of another machine is a failure", "[app]") {
  const auto ended = run_program({"run", "--listen", "/ip4/192.0.2.1/tcp/0"});
  CHECK(ended.status == 1);
  CHECK_THAT(ended.err, Contains("cannot listen on /ip4/192.0.2.1/tcp/0"));
}

TEST_CASE("run: takes its options from a file", "[app]") {
  const temporary_folder folder;
  const auto port = free_port();
  const auto file = folder.file("node.toml", "listen = \"" + loopback(port)
                                                 + "\"\ntopic = [\"news\"]\n");
  program node{{"run", "--config", file}};
  CHECK_THAT(node.line(),
             Catch::StartsWith("listening " + loopback(port) + "/p2p/"));
  node.signal(SIGTERM);
  CHECK(node.status() == 0);
}

TEST_CASE("run: writes a trace, a JSON object per line", "[app]") {
  const temporary_folder folder;
  const auto file = folder / "trace.json";
  running_node node{{"--topic", "news", "--trace-file", file.string()}};
  REQUIRE(
      run_program({"pub", "news", "--message", "m", "--peer", node.address()})
          .status
      == 0);
  node.process().signal(SIGTERM);
  CHECK(node.process().status() == 0);
  std::ifstream in{file};
  std::set<std::string> kinds;
  for (std::string line; std::getline(in, line);) {
    const auto event = nlohmann::json::parse(line);
    for (const auto& [key, value] : event.items())
      kinds.insert(key);
  }
  for (const auto* kind : {"join", "recvRPC", "deliverMessage"}) {
    INFO(kind);
    CHECK(kinds.contains(kind));
  }
}

TEST_CASE("run: a trace that cannot be written is a failure", "[app]") {
  const auto ended = run_program({"run", "--listen", "/ip4/127.0.0.1/tcp/0",
                                  "--trace-file", "/does/not/exist"});
  CHECK(ended.status == 1);
  CHECK_THAT(ended.err, Contains("/does/not/exist"));
}

TEST_CASE("ping: measures round trips to a node", "[app]") {
  running_node node{{}};
  const auto ended = run_program(
      {"ping", node.address(), "--count", "3", "--interval", "1ms"});
  INFO(ended.err);
  CHECK(ended.status == 0);
  REQUIRE(ended.out.size() == 4);
  CHECK_THAT(ended.out[0], Contains("seq=1 rtt=") && Contains("12D3Koo"));
  CHECK_THAT(ended.out[2], Contains("seq=3 rtt="));
  CHECK_THAT(ended.out[3], Contains("3 pings"));
}

TEST_CASE("ping: a peer need not be named, but must be who it is said to be",
          "[app]") {
  running_node node{{}};
  const auto address = node.address().substr(0, node.address().find("/p2p/"));
  CHECK(run_program({"ping", address, "--count", "1"}).status == 0);
  const auto other = run_program(
      {"ping",
       address + "/p2p/12D3KooWKuSSSYsj75nHgPU5o9SXJS5CWA6L5zhmrquFcXE6H78q",
       "--count", "1"});
  CHECK(other.status == 1);
  CHECK(other.out.empty());
  CHECK_THAT(other.err, Contains("grapevine: " + address));
}

TEST_CASE("ping: ends on a signal, with what it has measured", "[app]") {
  running_node node{{}};
  program ping{{"ping", node.address(), "--interval", "1h"}};
  CHECK_THAT(ping.line(), Contains("seq=1"));
  ping.signal(SIGINT);
  CHECK(ping.rest().size() == 1);
  CHECK(ping.status() == 0);
}

TEST_CASE("ping: nobody there is a failure", "[app]") {
  const auto address = loopback(free_port());
  const auto ended = run_program({"ping", address, "--count", "1"});
  CHECK(ended.status == 1);
  CHECK_THAT(ended.err, Contains(address) && Contains("Connection refused"));
  const auto udp = run_program({"ping", "/ip4/127.0.0.1/udp/1/quic-v1"});
  CHECK(udp.status == 2);
  CHECK_THAT(udp.err, Contains("/udp is not supported"));
}

} // namespace
} // namespace grapevine::app
