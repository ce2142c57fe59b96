// Commands that talk to a running node over HTTPS, and to one that has a name.
#include "tests/app/api_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>

namespace grapevine::app {
namespace {

using Catch::Contains;
using Catch::StartsWith;
using test::certificate;
namespace fs = std::filesystem;

words joined(words some, const words& more) {
  some.insert(some.end(), more.begin(), more.end());
  return some;
}

/// A root in a file, and certificates that it has signed.
struct tls_files {
  words signed_by(const certificate& signer, const std::string& name,
                  std::chrono::hours valid = std::chrono::hours{24}) const {
    const auto made = signer.sign(name, valid);
    const auto key = folder.file(name + ".key", made.key_pem());
    fs::permissions(key, fs::perms::owner_read | fs::perms::owner_write);
    return {"--api-certificate", folder.file(name + ".pem", made.pem()),
            "--api-key", key};
  }

  temporary_folder folder;
  certificate root = certificate::root("root");
  std::string root_path = folder.file("root.pem", root.pem());
  /// A node's options, and a client's.
  words node = signed_by(root, "node");
  words trusting{"--api-ca", root_path};
};

std::string https(const api_node& node, const std::string& name) {
  return "https://" + name + ":" + std::to_string(node.port());
}

std::string refusal(const words& command) {
  const auto ended = run_program(command);
  CHECK(ended.status == 2);
  return ended.err;
}

TEST_CASE("remote https: a node is asked by its name and by its address",
          "[app]") {
  const tls_files files;
  const api_node node{files.node};
  for (const auto* name : {"localhost", "127.0.0.1"}) {
    const auto ended = run_program(joined(
        {"status", "--api", https(node, name), "--json"}, files.trusting));
    INFO(ended.err);
    REQUIRE(ended.status == 0);
    const auto id = nlohmann::json::parse(ended.out.at(0))["id"];
    CHECK_THAT(node.address(), Contains(id.get<std::string>()));
  }
}

TEST_CASE("remote: a node is found by the name of its machine", "[app]") {
  const api_node node;
  const auto place = "localhost:" + std::to_string(node.port());
  CHECK(run_program({"status", "--api", place}).status == 0);
  CHECK(run_program({"status", "--api", "http://" + place}).status == 0);
  CHECK_THAT(complaint({"status", "--api",
                        "localhost:" + std::to_string(free_port())}),
             Contains("nothing answers at localhost:"));
  CHECK_THAT(complaint({"status", "--api", "nowhere.invalid:4080"}),
             Contains("cannot resolve nowhere.invalid"));
}

TEST_CASE("remote https: messages go both ways", "[app]") {
  const tls_files files;
  const api_node node{files.node};
  const auto via = joined({"--via", https(node, "localhost")}, files.trusting);
  program sub{joined({"sub", "news", "--count", "20"}, via)};
  sub.wait_for_error("subscribed to \"news\"");
  // Each is several of TLS's records, and nothing follows it.
  program pub{joined({"pub", "news"}, via)};
  for (int i = 0; i < 20; ++i) {
    const auto sent = std::to_string(i) + std::string(50'000, 'x');
    pub.put(sent);
    CHECK(sub.line() == sent);
  }
  CHECK(sub.status() == 0);
  pub.end_input();
  CHECK(pub.status() == 0);
}

TEST_CASE("remote https: a certificate must be trusted", "[app]") {
  const tls_files files;
  const api_node node{files.node};
  const auto place = https(node, "localhost");
  CHECK_THAT(complaint({"status", "--api", place}),
             Contains("what is at " + place
                      + " has a certificate that is not trusted (")
                 && Contains("--api-ca"));
  const auto other =
      files.folder.file("o.pem", certificate::root("other").pem());
  CHECK_THAT(complaint({"sub", "news", "--via", place, "--api-ca", other}),
             Contains("is not trusted ("));
  // The system's roots.
  const auto command = "\"$GRAPEVINE\" status --api " + place;
  CHECK(run_shell("SSL_CERT_FILE=" + files.root_path + " " + command).status
        == 0);
}

TEST_CASE("remote https: a certificate must be the node's", "[app]") {
  const tls_files files;
  // All of 127/8 leads to this machine.
  program node{joined(
      {"run", "--listen", "/ip4/127.0.0.1/tcp/0", "--api", "127.0.0.2:0"},
      files.node)};
  const std::string url = "https://127.0.0.2:";
  node.wait_for_error(url);
  const auto errors = node.errors();
  const auto port = std::stoul(errors.substr(errors.find(url) + url.size()));
  CHECK_THAT(complaint(joined({"status", "--api", url + std::to_string(port)},
                              files.trusting)),
             Contains("has a certificate that is not for 127.0.0.2"));
}

TEST_CASE("remote https: a certificate must be valid still", "[app]") {
  const tls_files files;
  const api_node node{
      files.signed_by(files.root, "old", std::chrono::hours{-1})};
  CHECK_THAT(complaint(joined({"status", "--api", https(node, "localhost")},
                              files.trusting)),
             Contains("cannot be trusted: certificate has expired"));
}

TEST_CASE("remote https: a node may want a certificate", "[app]") {
  const tls_files files;
  const api_node node{joined(files.node, {"--api-client-ca", files.root_path})};
  const auto asked =
      joined({"status", "--api", https(node, "localhost")}, files.trusting);
  const auto mine = files.signed_by(files.root, "client");
  CHECK(run_program(joined(asked, mine)).status == 0);
  CHECK_THAT(complaint(asked),
             Contains("wants a certificate: give it yours with "
                      "--api-certificate and --api-key"));
  const auto foreign =
      files.signed_by(certificate::root("foreign"), "foreigner");
  CHECK_THAT(complaint(joined(asked, foreign)),
             Contains("does not take the certificate of --api-certificate: "
                      "unknown CA"));
  const auto old = files.signed_by(files.root, "old", std::chrono::hours{-1});
  CHECK_THAT(complaint(joined(asked, old)),
             Contains("--api-certificate is valid no more"));
}

TEST_CASE("remote https: who speaks what is said", "[app]") {
  const tls_files files;
  const api_node secure{files.node};
  const api_node plain;
  CHECK_THAT(complaint({"status", "--api", secure.place()}),
             Contains("the node at " + secure.place()
                      + " speaks HTTPS: ask for https://" + secure.place()));
  CHECK_THAT(complaint({"status", "--api", https(plain, "localhost")}),
             Contains("speaks plain HTTP: ask for http://"));
  const auto nobody = "https://localhost:" + std::to_string(free_port());
  CHECK_THAT(complaint({"status", "--api", nobody}),
             Contains("nothing answers at " + nobody));
}

TEST_CASE("remote https: files that cannot be used are named", "[app]") {
  const tls_files files;
  const words asked{"status", "--api", "https://localhost:4080"};
  const auto text = files.folder.file("text", "no certificate");
  const auto with = [&](const words& more) {
    return complaint(joined(asked, more));
  };
  CHECK_THAT(with({"--api-ca", "/nowhere"}),
             Contains("--api-ca: \"/nowhere\" cannot be read: No such file"));
  CHECK_THAT(with({"--api-ca", text}),
             Contains("--api-ca: \"" + text + "\" has no certificate"));
  CHECK_THAT(with({"--api-certificate", text, "--api-key", text}),
             Contains("--api-certificate: \"" + text + "\" has no"));
  CHECK_THAT(refusal(joined(asked, {"--api-key", text})),
             Contains("--api-certificate and --api-key need each other"));
  CHECK_THAT(refusal({"status", "--api-ca", text}),
             Contains("--api-ca is for a node that speaks HTTPS: --api "
                      "https://127.0.0.1:4080"));
  CHECK_THAT(refusal({"sub", "news", "--api-ca", text}),
             Contains("--api-ca is for the node of --via"));
}

} // namespace
} // namespace grapevine::app
