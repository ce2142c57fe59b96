#include "tests/app/program_fixture.hpp"

#include <catch2/catch.hpp>

namespace grapevine::app {
namespace {

using Catch::Contains;
using namespace std::chrono_literals;

/// A key in a file, and whose it is.
struct identity {
  identity() {
    const auto made = run_program({"keygen", "--out", file});
    REQUIRE(made.status == 0);
    id = run_program({"id", "--identity", file}).out.at(0);
  }

  temporary_folder folder;
  std::string file = (folder / "key").string();
  std::string id;
};

// Options of a node that keeps no mesh, as a bootstrap node.
words without_mesh(words options) {
  for (const auto* degree :
       {"--mesh-d", "--mesh-dlo", "--mesh-dhi", "--mesh-dout"})
    options.insert(options.end(), {degree, "0"});
  return options;
}

TEST_CASE("direct peers: get messages without a mesh", "[app]") {
  const identity relay;
  const identity reader;
  const auto relay_at = loopback(free_port());
  const auto reader_at = loopback(free_port());
  program node{without_mesh({"run", "--listen", relay_at, "--identity",
                             relay.file, "--topic", "news", "--direct-peer",
                             reader_at + "/p2p/" + reader.id})};
  node.line();
  program sub{without_mesh({"sub", "news", "--listen", reader_at, "--identity",
                            reader.file, "--direct-peer",
                            relay_at + "/p2p/" + relay.id})};
  program pub{{"pub", "news", "--peer", relay_at}};
  // Until the direct peers have found each other.
  std::optional<std::string> received;
  for (int sent = 0; !received; ++sent) {
    REQUIRE(sent < 200);
    pub.put("message");
    pub.line();
    received = sub.line_within(100ms);
  }
  CHECK(*received == "message");
}

TEST_CASE("direct peers: are named with their identity", "[app]") {
  const auto ended =
      run_program({"run", "--direct-peer", "/ip4/127.0.0.1/tcp/4001"});
  CHECK(ended.status == 2);
  CHECK_THAT(ended.err, Contains("--direct-peer: \"/ip4/127.0.0.1/tcp/4001\": "
                                 "must end in /p2p/ID"));
}

TEST_CASE("block-peer: refuses a peer, and nobody else", "[app]") {
  const identity stranger;
  running_node node{{"--topic", "news", "--block-peer", stranger.id}};
  const auto refused =
      run_program({"pub", "news", "--message", "m", "--identity", stranger.file,
                   "--peer", node.address(), "--wait", "1s"});
  CHECK(refused.status == 1);
  CHECK_THAT(refused.err, Contains("the message went to nobody"));
  CHECK(run_program({"pub", "news", "--message", "m", "--peer", node.address()})
            .status
        == 0);
}

TEST_CASE("allow-topic: other topics are refused", "[app]") {
  running_node node{{"--topic", "news", "--allow-topic", "news"}};
  const auto refused =
      run_program({"run", "--topic", "weather", "--allow-topic", "news"});
  CHECK(refused.status == 2);
  CHECK_THAT(refused.err, Contains("--topic: \"weather\": is in neither"));
  CHECK(run_program({"pub", "news", "--message", "m", "--peer", node.address()})
            .status
        == 0);
}

} // namespace
} // namespace grapevine::app
