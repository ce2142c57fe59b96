// The HTTP API of a running node: who may use it, and where it is.
#include "tests/app/api_fixture.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>

namespace grapevine::app {
namespace {

using Catch::Contains;
namespace fs = std::filesystem;

std::string token_file(const temporary_folder& folder,
                       const std::string& token) {
  const auto file = folder.file("token", token + "\n");
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
  return file;
}

TEST_CASE("api: a node is well as long as it answers", "[app]") {
  api_node node;
  const auto health = node.get("/healthz");
  CHECK(health.status == 200);
  CHECK(health.header("Content-Type") == "application/json");
  CHECK(health.header("Access-Control-Allow-Origin").empty());
  CHECK(node.get("/readyz").status == 200);
  node.process().signal(SIGTERM);
  CHECK(node.process().status() == 0);
}

TEST_CASE("api: a node that lacks peers is not ready, and says why", "[app]") {
  api_node node{{"--ready-peers", "1"}};
  const auto missing = node.get("/readyz");
  CHECK(missing.status == 503);
  CHECK_THAT(missing.body, Contains("0 of the 1 peers"));
  const running_node other{{"--api", "off", "--peer", node.address()}};
  while (node.get("/readyz").status != 200)
    ;
}

TEST_CASE("api: a node that is in no mesh is not ready, and says of which",
          "[app]") {
  api_node node{{"--ready-mesh", "1", "--topic", "news"}};
  const running_node stranger{
      {"--api", "off", "--topic", "weather", "--peer", node.address()}};
  while (node.get("/api/v1/node").body.find("\"peers\":1") == std::string::npos)
    ;
  const auto missing = node.get("/readyz");
  CHECK(missing.status == 503);
  CHECK_THAT(missing.body,
             Contains("the mesh of \\\"news\\\" has 0 of the 1 peers that "
                      "--ready-mesh asks for"));
  const running_node other{
      {"--api", "off", "--topic", "news", "--peer", node.address()}};
  while (node.get("/readyz").status != 200)
    ;
}

TEST_CASE("api: what is asked for wrongly is told what would be right",
          "[app]") {
  const api_node node;
  const auto missing = node.get("/nothing?a=b");
  CHECK(missing.status == 404);
  CHECK(missing.header("Content-Type") == "application/problem+json");
  CHECK_THAT(missing.body, Contains("\"status\":404"));
  const auto method = node.ask("POST", "/healthz");
  CHECK(method.status == 405);
  CHECK(method.header("Allow") == "GET, HEAD");
  CHECK(node.ask("HEAD", "/healthz").status == 200);
  CHECK(node.get("/%zz").status == 400);
}

TEST_CASE("api: pages of the web have no way in", "[app]") {
  const api_node node;
  auto client = node.connect();
  REQUIRE(client.say("GET /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n"));
  CHECK(client.answer()->status == 403);
  CHECK(
      node.ask("POST", "/healthz", "", "Origin: http://evil.example\r\n").status
      == 403);
}

TEST_CASE("api: a token is asked for where there is one", "[app]") {
  const temporary_folder folder;
  const std::string token = "0123456789abcdef0123456789abcdef";
  const api_node node{{"--api-token-file", token_file(folder, token)}};
  CHECK(node.get("/metrics").status == 401);
  CHECK(node.ask("GET", "/metrics", "",
                 "Authorization: Bearer " + token + "0" + "\r\n")
            .status
        == 401);
  const auto metrics = node.ask("GET", "/metrics", "",
                                "Authorization: Bearer " + token + "\r\n");
  CHECK(metrics.status == 200);
  CHECK_THAT(metrics.body, Contains("# TYPE libp2p_peers gauge"));
  CHECK(node.get("/healthz").status == 200);
  CHECK_THAT(node.get("/nothing").body, !Contains("nothing at"));
}

TEST_CASE("api: others than this machine need a token", "[app]") {
  for (const auto* address : {"0.0.0.0:0", "[::]:0", "192.0.2.1:4080"}) {
    const auto ended = run_program({"run", "--api", address});
    INFO(address);
    CHECK(ended.status == 2);
    CHECK_THAT(ended.err, Contains("--api: \"") && Contains(address)
                              && Contains("--api-token-file"));
  }
}

TEST_CASE("api: a token that others may read is refused", "[app]") {
  const temporary_folder folder;
  const auto file = token_file(folder, "0123456789abcdef");
  const words command{"run",   "--listen",    "/ip4/127.0.0.1/tcp/0",
                      "--api", "127.0.0.1:0", "--api-token-file",
                      file};
  fs::permissions(file, fs::perms::group_read, fs::perm_options::add);
  for (const bool only_test : {false, true}) {
    auto arguments = command;
    if (only_test)
      arguments.push_back("--config-test");
    const auto ended = run_program(arguments);
    CHECK(ended.status == 1);
    CHECK_THAT(ended.err, Contains("--api-token-file: ") && Contains("chmod"));
  }
  const auto short_one = token_file(folder, "short");
  CHECK_THAT(run_program(command).err, Contains("/dev/urandom"));
}

TEST_CASE("api: it is at a Unix socket that only its owner can use", "[app]") {
  const temporary_folder folder;
  const auto path = (folder / "api.sock").string();
  for (int i = 0; i < 2; ++i) {
    api_node node{{"--api", "unix:" + path}};
    CHECK((fs::status(path).permissions() & fs::perms::mask)
          == (fs::perms::owner_read | fs::perms::owner_write));
    test::http_client client{path};
    CHECK(client.ask("GET", "/healthz").status == 200);
    if (i == 0) {
      // The file stays, and nobody answers.
      node.process().signal(SIGKILL);
      CHECK(node.process().status() == -1);
      CHECK(fs::exists(path));
    } else {
      const auto second = run_program(
          {"run", "--listen", "/ip4/127.0.0.1/tcp/0", "--api", "unix:" + path});
      CHECK(second.status == 1);
      node.process().signal(SIGTERM);
      CHECK(node.process().status() == 0);
      CHECK_FALSE(fs::exists(path));
    }
  }
}

TEST_CASE("api: an address that was asked for must be free", "[app]") {
  const api_node first;
  const auto ended =
      run_program({"run", "--listen", "/ip4/127.0.0.1/tcp/0", "--api",
                   "127.0.0.1:" + std::to_string(first.port())});
  CHECK(ended.status == 1);
  CHECK_THAT(ended.err, Contains("--api: cannot listen on 127.0.0.1:")
                            && Contains("in use"));
}

TEST_CASE("api: the default address may be another's", "[app]") {
  // Of two nodes at most one has it.
  const running_node first{{}};
  running_node second{{}};
  second.process().signal(SIGTERM);
  CHECK(second.process().status() == 0);
  CHECK_THAT(second.process().errors(),
             Contains("there is no HTTP API: cannot listen on 127.0.0.1:4080: ")
                 && Contains("--api"));
}

TEST_CASE("api: it is off if nobody wants it", "[app]") {
  running_node node{{"--api", "off"}};
  node.process().signal(SIGTERM);
  CHECK(node.process().status() == 0);
  CHECK_THAT(node.process().errors(), !Contains("API"));
}

TEST_CASE("api: names a bad address", "[app]") {
  for (const auto* text :
       {"4080", "localhost:4080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
        "127.0.0.1:-1", "::1:4080", "[127.0.0.1]:1", "unix:", ""}) {
    const auto ended = run_program({"run", "--api", text});
    INFO(text);
    CHECK(ended.status == 2);
    CHECK_THAT(ended.err, Contains("--api: \""));
  }
  CHECK(run_program({"run", "--config-test", "--api", "[::1]:0"}).status == 0);
}

TEST_CASE("api: a node stops though clients are connected", "[app]") {
  api_node node;
  auto idle = node.connect();
  CHECK(idle.ask("GET", "/healthz").status == 200);
  auto amid = node.connect();
  REQUIRE(amid.say("GET /healthz HTTP/1.1\r\nHo"));
  node.process().signal(SIGTERM);
  CHECK(node.process().status() == 0);
  CHECK(idle.is_closed());
}

} // namespace
} // namespace grapevine::app
