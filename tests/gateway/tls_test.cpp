// Gateways over TLS, with certificates on both sides.
#include "tests/gateway/gateway_fixture.hpp"
#include "tests/gateway/wire.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace grapevine;
using namespace grapevine::test;
using Catch::Contains;

namespace {

struct tls_files {
  network_tls of(const certificate& by, const std::string& name) {
    const auto own = by.sign(name);
    return {folder.file(name + "-ca.pem", by.pem()),
            folder.file(name + ".pem", own.pem()),
            folder.file(name + ".key", own.key_pem())};
  }

  temporary_folder folder;
  certificate root = certificate::root("root");
  certificate stranger = certificate::root("stranger");
};

} // namespace

TEST_CASE("a gateway over TLS is used by whoever has a certificate",
          "[gateway][tls]") {
  tls_files files;
  gateway_side side{{}, files.of(files.root, "node")};
  remote_side remote{side.port, files.of(files.root, "application")};
  REQUIRE(remote.becomes(true));
  REQUIRE(remote.ask<changed>(remote.node,
                              subscribe_topic{"news", remote.subscriber}));
  side.node.deliver("news", {std::string(300'000, 'x'), "b"});
  REQUIRE(remote.messages->reaches(2));
  CHECK(remote.messages->all().front().msg->data().size() == 300'000);
}

TEST_CASE("strangers get nowhere, and when they are gone others go on",
          "[gateway][tls]") {
  tls_files files;
  gateway_side side{{}, files.of(files.root, "node")};
  remote_side remote{side.port, files.of(files.root, "application")};
  REQUIRE(remote.becomes(true));
  {
    remote_side stranger{side.port, files.of(files.stranger, "stranger")};
    remote_side plain{side.port};
    const auto failed = [](const remote_side& one) {
      return comes_about([&] {
        const auto seen = one.states->all();
        return seen.size() > 1
               && seen.back().trouble.starts_with("cannot reach");
      });
    };
    CHECK(failed(stranger));
    CHECK(failed(plain));
  }
  CHECK(comes_about([&] {
    return remote.ask<node_snapshot>(remote.node, inspect_node{}).has_value();
  }));
  remote_side later{side.port, files.of(files.root, "later")};
  CHECK(later.becomes(true));
}

TEST_CASE("files that are no certificates are named", "[gateway][tls]") {
  tls_files files;
  auto good = files.of(files.root, "node");
  CHECK_FALSE(problem_of(good));
  auto other = good;
  other.key = files.of(files.root, "other").key;
  REQUIRE(problem_of(other));
  auto missing = good;
  missing.ca = "/nowhere/ca.pem";
  REQUIRE(problem_of(missing));
  CHECK_THAT(*problem_of(missing), Contains("/nowhere/ca.pem"));
}
