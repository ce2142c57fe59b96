// The gateway of `run`: an application of another process, and either side that
// is killed.
#include "tests/app/program_fixture.hpp"
#include "tests/gateway/gateway_fixture.hpp"
#include "tests/support/certificates.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <fstream>

namespace grapevine::app {
namespace {

using Catch::Contains;
using test::certificate;
using test::remote_side;

/// A node with a gateway, over TLS, and certificates of one root.
struct gateway_node {
  words options(std::uint16_t port) const {
    return {"--topic",
            "news",
            "--gateway",
            "127.0.0.1:" + std::to_string(port),
            "--gateway-ca",
            root_path,
            "--gateway-certificate",
            node_path,
            "--gateway-key",
            node_key};
  }

  network_tls application() {
    const auto own = root.sign("application");
    return {root_path, folder.file("application.pem", own.pem()),
            folder.file("application.key", own.key_pem())};
  }

  temporary_folder folder;
  certificate root = certificate::root("root");
  certificate node = root.sign("node");
  std::string root_path = folder.file("root.pem", root.pem());
  std::string node_path = folder.file("node.pem", node.pem());
  std::string node_key = folder.file("node.key", node.key_pem());
};

} // namespace

TEST_CASE("gateway: an application publishes, reads, and attaches again to a "
          "node that was killed",
          "[app][gateway]") {
  gateway_node files;
  const auto port = free_port();
  std::optional<running_node> node{files.options(port)};
  node->process().wait_for_error("the gateway is at");
  remote_side remote{port, files.application()};
  REQUIRE(remote.becomes(true));
  REQUIRE(remote.ask<grapevine::changed>(
      remote.node, subscribe_topic{"news", remote.subscriber}));
  const auto publish = [&](const std::string& text) {
    return remote.ask<publish_receipt>(
        remote.node, publish_message{"news", to_bytes(as_bytes(text))});
  };
  REQUIRE(publish("first"));
  REQUIRE(remote.messages->reaches(1));

  node->process().signal(SIGKILL);
  REQUIRE(remote.becomes(false));
  node.emplace(files.options(port));
  REQUIRE(remote.becomes(true));
  const auto snapshot = remote.ask<node_snapshot>(remote.node, inspect_node{});
  REQUIRE(snapshot);
  CHECK_FALSE(snapshot->addresses.empty());
  REQUIRE(publish("second"));
  REQUIRE(remote.messages->reaches(2));
  CHECK(test::texts(remote.messages->all())
        == std::vector<std::string>{"first", "second"});
  node->process().signal(SIGTERM);
  CHECK(node->process().status() == 0);
}

TEST_CASE("gateway: what cannot be is said at the start", "[app][gateway]") {
  gateway_node files;
  const auto fails = [&](int status, const words& options,
                         const std::string& what) {
    words all{"run", "--listen", "/ip4/127.0.0.1/tcp/0", "--api", "off"};
    all.insert(all.end(), options.begin(), options.end());
    const auto ended = run_program(all);
    INFO(what);
    CHECK(ended.status == status);
    CHECK_THAT(ended.err, Contains(what));
  };
  fails(2, {"--gateway", "0.0.0.0:0"}, "needs certificates on both sides");
  fails(2, {"--gateway", "unix:/tmp/x"}, "must be an IP address with a port");
  fails(2, {"--gateway", "127.0.0.1:0", "--gateway-ca", files.root_path},
        "need each other");
  fails(2, {"--gateway-topic", "news"}, "--gateway-topic needs --gateway");
  fails(2, {"--gateway", "127.0.0.1:0", "--gateway-allow", "all"}, "must be");
  fails(1,
        {"--gateway", "127.0.0.1:0", "--gateway-ca", files.root_path,
         "--gateway-certificate", "/nowhere", "--gateway-key", files.node_key},
        "\"/nowhere\"");
}

} // namespace grapevine::app
