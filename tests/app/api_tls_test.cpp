// The HTTP API over TLS.
#include "tests/app/api_fixture.hpp"
#include "tests/support/websocket_frames.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <csignal>
#include <filesystem>

namespace grapevine::app {
namespace {

using Catch::Contains;
using test::certificate;
using test::client_trust;
using test::http_client;
namespace fs = std::filesystem;

/// A root, and a node's certificate in files.
struct certificate_files {
  certificate_files() { write(root); }

  void write(const certificate& by) {
    const auto node = by.sign("node");
    certificate_path = folder.file("node.pem", node.pem());
    key_path = folder.file("node.key", node.key_pem());
    fs::permissions(key_path, fs::perms::owner_read | fs::perms::owner_write);
  }

  words options() const {
    return {"--api-certificate", certificate_path, "--api-key", key_path};
  }

  words options_for(const certificate& clients) const {
    auto result = options();
    result.insert(result.end(), {"--api-client-ca",
                                 folder.file("clients.pem", clients.pem())});
    return result;
  }

  temporary_folder folder;
  certificate root = certificate::root("root");
  std::string certificate_path;
  std::string key_path;
};

/// What becomes of a request: its status, or 0 if TLS fails at any time.
int status_of(const api_node& node, const client_trust& trust) {
  try {
    http_client client{node.port(), trust};
    return client.ask("GET", "/healthz").status;
  } catch (const std::runtime_error&) {
    return 0;
  }
}

TEST_CASE("api tls: all of it is there over TLS", "[app]") {
  const certificate_files files;
  const api_node node{files.options()};
  const auto connect = [&] {
    return http_client{node.port(), client_trust{&files.root}};
  };
  auto client = connect();
  for (int i = 0; i < 3; ++i) {
    CHECK(client.ask("GET", "/healthz").status == 200);
    const auto document = client.ask("GET", "/api/v1/openapi.json");
    CHECK(nlohmann::json::parse(document.body)["openapi"] == "3.1.0");
  }
  auto lines = connect();
  REQUIRE(lines
              .ask("GET", "/api/v1/subscribe?topic=t", "",
                   "Accept: application/x-ndjson\r\n")
              .status
          == 200);
  auto frames = connect();
  REQUIRE(frames
              .ask("GET", "/api/v1/subscribe?topic=t", "",
                   test::websocket_wish + "Origin: https://localhost\r\n")
              .status
          == 101);
  const std::string large(300'000, 'x');
  CHECK(client.ask("POST", "/api/v1/publish?topic=t", large).status == 200);
  CHECK(nlohmann::json::parse(lines.line().value())["text"] == large);
  CHECK(nlohmann::json::parse(test::next_frame(frames).value().payload)["text"]
        == large);
  CHECK(
      client.ask("POST", "/healthz", "", "Origin: http://localhost\r\n").status
      == 403);
}

TEST_CASE("api tls: a client that does not trust it gets no further", "[app]") {
  const certificate_files files;
  const api_node node{files.options()};
  const auto other = certificate::root("other");
  CHECK(status_of(node, {&other}) == 0);
  CHECK(status_of(node, {&files.root}) == 200);
}

TEST_CASE("api tls: who speaks plain HTTP is told so", "[app]") {
  const certificate_files files;
  const api_node node{files.options()};
  auto client = node.connect();
  const auto told = client.ask("GET", "/healthz");
  CHECK(told.status == 400);
  CHECK_THAT(told.body, Contains("https://"));
  CHECK(client.is_closed());
}

TEST_CASE("api tls: only clients with a certificate of the root that is named "
          "are let in",
          "[app]") {
  const certificate_files files;
  const auto clients = certificate::root("clients");
  auto options = files.options_for(clients);
  // That will do instead of a token.
  options.insert(options.end(), {"--api", "0.0.0.0:0"});
  CHECK(run_program([&] {
          words all{"run", "--config-test", "--listen", "/ip4/127.0.0.1/tcp/0"};
          all.insert(all.end(), options.begin(), options.end());
          return all;
        }())
            .status
        == 0);
  const api_node node{files.options_for(clients)};
  const auto good = clients.sign("client");
  const auto foreign = certificate::root("foreign").sign("client");
  const auto expired = clients.sign("client", std::chrono::hours{-1});
  CHECK(status_of(node, {&files.root, &good}) == 200);
  CHECK(status_of(node, {&files.root}) == 0);
  CHECK(status_of(node, {&files.root, &foreign}) == 0);
  CHECK(status_of(node, {&files.root, &expired}) == 0);
}

TEST_CASE("api tls: files that cannot be used are named", "[app]") {
  const certificate_files files;
  const auto fails = [&](int status, const words& options,
                         const std::string& what) {
    words all{"run",   "--config-test", "--listen", "/ip4/127.0.0.1/tcp/0",
              "--api", "127.0.0.1:0"};
    all.insert(all.end(), options.begin(), options.end());
    const auto ended = run_program(all);
    INFO(what);
    CHECK(ended.status == status);
    CHECK_THAT(ended.err, Contains(what));
  };
  const auto& certificate_path = files.certificate_path;
  const auto text = files.folder.file("text", "no certificate");
  fails(2, {"--api-certificate", certificate_path}, "--api-key");
  fails(2, {"--api-client-ca", certificate_path}, "--api-certificate");
  fails(1, {"--api-certificate", text, "--api-key", files.key_path},
        "--api-certificate: \"" + text + "\" has no certificate");
  fails(1, {"--api-certificate", "/nowhere", "--api-key", files.key_path},
        "--api-certificate: \"/nowhere\" cannot be read: No such file");
  fails(1,
        {"--api-certificate", certificate_path, "--api-key", certificate_path},
        "chmod 600");
  const auto other =
      files.folder.file("other.key", certificate::root("other").key_pem());
  fs::permissions(other, fs::perms::owner_read);
  fails(1, {"--api-certificate", certificate_path, "--api-key", other},
        "belongs to the certificate");
  auto options = files.options();
  options.insert(options.end(), {"--api-client-ca", text});
  fails(1, options, "--api-client-ca: \"" + text + "\" has no certificate");
}

TEST_CASE("api tls: certificates are read again on SIGHUP", "[app]") {
  certificate_files files;
  api_node node{files.options()};
  http_client before{node.port(), client_trust{&files.root}};
  CHECK(before.ask("GET", "/healthz").status == 200);
  const auto next = certificate::root("next");
  files.write(next);
  node.process().signal(SIGHUP);
  node.process().wait_for_error("certificates were read again");
  // The server's actor may hear of it a moment later.
  while (status_of(node, {&next}) != 200)
    ;
  CHECK(status_of(node, {&files.root}) == 0);
  CHECK(before.ask("GET", "/healthz").status == 200);
  files.folder.file("node.pem", "none");
  node.process().signal(SIGHUP);
  node.process().wait_for_error("not reloaded: --api-certificate");
  CHECK(status_of(node, {&next}) == 200);
}

TEST_CASE("api tls: that the node's own certificate has expired is a warning",
          "[app]") {
  certificate_files files;
  const auto old = files.root.sign("node", std::chrono::hours{-1});
  files.folder.file("node.pem", old.pem());
  files.folder.file("node.key", old.key_pem());
  api_node node{files.options()};
  CHECK_THAT(node.process().errors(), Contains("valid no more"));
  CHECK(status_of(node, {&files.root}) == 0);
}

} // namespace
} // namespace grapevine::app
