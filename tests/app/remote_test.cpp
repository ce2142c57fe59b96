// Commands that talk to a running node: what they print, and what they say when
// that does not work.
#include "app/console/text_width.hpp"
#include "tests/app/api_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

namespace grapevine::app {
namespace {

using Catch::Contains;
using Catch::StartsWith;
using nlohmann::json;
namespace fs = std::filesystem;

std::string id_in(const std::string& address) {
  return address.substr(address.rfind('/') + 1);
}

/// Runs a command on a node, which must succeed.
words asked(const api_node& node, words command) {
  command.insert(command.end(), {"--api", node.place()});
  const auto ended = run_program(command);
  INFO(command.front() << ": " << ended.err);
  CHECK(ended.status == 0);
  CHECK(ended.err.empty());
  return ended.out;
}

json asked_json(const api_node& node, words command) {
  command.push_back("--json");
  const auto lines = asked(node, command);
  REQUIRE(lines.size() == 1);
  return json::parse(lines[0]);
}

std::string value_in(const words& lines, const std::string& label) {
  for (const auto& line : lines)
    if (line.starts_with(label + " "))
      return line.substr(line.find_first_not_of(' ', label.size()));
  return {};
}

std::string token_file(const temporary_folder& folder, const std::string& name,
                       const std::string& token) {
  const auto file = folder.file(name, token + "\n");
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
  return file;
}

TEST_CASE("status: tells how a node is", "[app]") {
  const api_node node{{"--topic", "news", "--ready-peers", "1"}};
  const auto lines = asked(node, {"status"});
  CHECK(value_in(lines, "node") == id_in(node.address()));
  CHECK(value_in(lines, "addresses") == node.address());
  CHECK_THAT(value_in(lines, "ready"), StartsWith("no: the node has 0 of"));
  CHECK(value_in(lines, "topics") == "1");
  const auto answer = asked_json(node, {"status"});
  CHECK(answer["id"] == id_in(node.address()));
  const running_node other{{"--api", "off", "--peer", node.address()}};
  while (asked_json(node, {"status"})["peers"] == 0)
    ;
  CHECK(value_in(asked(node, {"status"}), "ready") == "yes");
}

TEST_CASE("peers and topics: are tables, or what the node answers", "[app]") {
  const api_node node{{"--topic", "news"}};
  CHECK(asked(node, {"peers"}).size() == 1);
  const running_node other{
      {"--api", "off", "--topic", "news", "--peer", node.address()}};
  json peers;
  do
    peers = asked_json(node, {"peers"})["peers"];
  while (peers.empty() || peers[0]["mesh"].empty());
  CHECK(peers[0]["id"] == id_in(other.address()));
  const auto table = asked(node, {"peers"});
  REQUIRE(table.size() == 2);
  CHECK_THAT(table[0], StartsWith("PEER ") && Contains("  SCORE  ")
                           && Contains("  AGENT"));
  CHECK_THAT(table[1], StartsWith(id_in(other.address()) + "  in ")
                           && Contains("  news*  "));
  CHECK(asked_json(node, {"topics"})["topics"][0]["topic"] == "news");
  const auto topics = asked(node, {"topics"});
  REQUIRE(topics.size() == 2);
  CHECK_THAT(topics[0], StartsWith("TOPIC  SUBSCRIBED  MESH  PEERS"));
  CHECK_THAT(topics[1], StartsWith("news   yes            1      1"));
}

TEST_CASE("peers: a terminal gets a table that fits it", "[app]") {
  const api_node node;
  const running_node other{{"--api", "off", "--peer", node.address()}};
  while (asked_json(node, {"peers"})["peers"].empty())
    ;
  const auto ended =
      run_shell("script -qec 'stty cols 70 rows 20; \"$GRAPEVINE\" peers --api "
                + node.place() + "' /dev/null");
  CHECK(ended.status == 0);
  REQUIRE(ended.out.size() == 3);
  CHECK_THAT(ended.out[1], StartsWith(id_in(other.address())));
  CHECK_THAT(ended.out[2], StartsWith("(too narrow for: "));
  for (const auto& line : ended.out)
    CHECK(text_width(line.substr(0, line.find('\r'))) <= 70);
}

TEST_CASE("topics: a stranger's text does nothing to a terminal", "[app]") {
  const std::string topic = "a\u202eb\u009b2J";
  const api_node node{{"--topic", topic}};
  const auto shown = [&](const std::string& options, bool on_terminal) {
    const auto command =
        "\"$GRAPEVINE\" topics --api " + node.place() + options;
    const auto ended = run_shell(
        on_terminal ? "script -qec '" + command + "' /dev/null" : command);
    CHECK(ended.status == 0);
    std::string all;
    for (const auto& line : ended.out)
      all += line;
    return all;
  };
  const auto escaped = Contains("a\\u202eb\\u009b2J");
  CHECK_THAT(shown("", true), escaped);
  CHECK_THAT(shown("", false), escaped);
  CHECK_THAT(shown(" --json", true), escaped);
  CHECK_THAT(shown(" --json", false), Contains(topic));
}

TEST_CASE("connect, disconnect, block and unblock: do it, and say so",
          "[app]") {
  const api_node node;
  const running_node other{{"--api", "off"}};
  const auto id = id_in(other.address());
  const auto fails = [&](words command) {
    command.insert(command.end(), {"--api", node.place()});
    return complaint(command);
  };
  CHECK(asked(node, {"connect", other.address()}) == words{"connected " + id});
  CHECK(asked(node, {"disconnect", id}) == words{"disconnected " + id});
  CHECK_THAT(fails({"disconnect", id}), Contains(id + " was not connected"));
  CHECK(asked(node, {"block", id}) == words{"blocked " + id});
  CHECK_THAT(fails({"connect", other.address()}), Contains("block"));
  CHECK(asked_json(node, {"unblock", id}) == json{{"peer", id}});
  CHECK(asked_json(node, {"connect", other.address()}) == json{{"peer", id}});
  CHECK(asked(node, {"unblock", id}) == words{"unblocked " + id});
  const auto nobody = loopback(free_port());
  CHECK_THAT(fails({"connect", nobody}), Contains("Connection refused"));
}

TEST_CASE("allow and disallow: do it, and say so", "[app]") {
  const running_node other{{"--api", "off"}};
  const auto id = id_in(other.address());
  const api_node node{
      {"--allow-peer", "12D3KooWKuSSSYsj75nHgPU5o9SXJS5CWA6L5zhmrquFcXE6H78q"}};
  CHECK(asked(node, {"allow", id}) == words{"allowed " + id});
  CHECK(asked(node, {"connect", other.address()}) == words{"connected " + id});
  CHECK(asked(node, {"disallow", id}) == words{"disallowed " + id});
  CHECK(asked_json(node, {"allow", id}) == json{{"peer", id}});
  const api_node open;
  CHECK_THAT(complaint({"allow", id, "--api", open.place()}),
             Contains("no list of allowed peers"));
}

TEST_CASE("log-level: tells it, and changes it", "[app]") {
  api_node node{{"--log-level", "info"}};
  CHECK(asked(node, {"log-level"}) == words{"info"});
  CHECK(asked(node, {"log-level", "debug"}) == words{"debug"});
  CHECK(asked_json(node, {"log-level"}) == json{{"level", "debug"}});
  REQUIRE(run_program({"ping", node.address(), "--count", "1"}).status == 0);
  node.process().wait_for_error(" debug connected");
}

TEST_CASE("remote: a node's token is asked for by name", "[app]") {
  const temporary_folder folder;
  const auto right = token_file(folder, "right", "0123456789abcdef");
  const auto wrong = token_file(folder, "wrong", "0123456789abcdeX");
  const api_node node{{"--api-token-file", right}};
  const auto with = [&](const std::string& file) {
    return words{"status", "--api", node.place(), "--api-token-file", file};
  };
  CHECK(run_program(with(right)).status == 0);
  CHECK_THAT(complaint(with(wrong)),
             Contains("the node at " + node.place()
                      + " has another token than that of --api-token-file"));
  CHECK_THAT(complaint({"status", "--api", node.place()}),
             Contains("asks for a token: give the file with "
                      "--api-token-file"));
  fs::permissions(right, fs::perms::others_read, fs::perm_options::add);
  CHECK_THAT(complaint(with(right)),
             Contains("--api-token-file: \"" + right + "\": ")
                 && Contains("chmod 600"));
}

TEST_CASE("remote: a node may be at a Unix socket", "[app]") {
  const temporary_folder folder;
  const auto place = "unix:" + (folder / "api.sock").string();
  const api_node node{{"--api", place}};
  const auto ended = run_program({"status", "--api", place});
  CHECK(ended.status == 0);
  CHECK(value_in(ended.out, "node") == id_in(node.address()));
}

TEST_CASE("remote: the address is taken as the node says it", "[app]") {
  const api_node node;
  CHECK(run_program({"status", "--api", "http://" + node.place()}).status == 0);
}

TEST_CASE("remote: where no node is, that is said", "[app]") {
  const temporary_folder folder;
  for (const auto& place : {"127.0.0.1:" + std::to_string(free_port()),
                            "unix:" + (folder / "api.sock").string()}) {
    const auto says = Contains("nothing answers at " + place
                               + ": is a node running, and has it its API "
                                 "there (--api)?");
    for (const auto* command :
         {"status", "peers", "topics", "top", "log-level"})
      CHECK_THAT(complaint({command, "--api", place}), says);
    CHECK_THAT(complaint({"sub", "news", "--via", place}), says);
    CHECK_THAT(complaint({"pub", "news", "--message", "m", "--via", place}),
               says);
  }
}

TEST_CASE("remote: a place where no node can be is named", "[app]") {
  const auto refused = [](const words& command, const std::string& says) {
    const auto ended = run_program(command);
    CHECK(ended.status == 2);
    CHECK_THAT(ended.err, Contains(says));
  };
  refused({"status", "--api", "off"}, "--api: \"off\": must be where");
  refused({"sub", "news", "--via", "4080"}, "--via: \"4080\": must be where");
  refused({"block", "me"}, "PEER: \"me\": must be a peer id");
  refused({"connect", "/ip4/1.2.3"}, "ADDR: \"/ip4/1.2.3\": ");
  refused({"log-level", "loud"}, "LEVEL: \"loud\": must be trace, debug");
  refused({"sub", "news", "--via", "127.0.0.1:4080", "--peer", "/ip4/1.2.3.4"},
          "--peer is for a node of its own");
  refused({"pub", "news", "--via", "127.0.0.1:4080", "--config", "x"},
          "--config is for a node of its own");
  refused({"sub", "news", "--api-token-file", "x", "--peer", "/ip4/1.2.3.4"},
          "--api-token-file is for the node of --via");
}

} // namespace
} // namespace grapevine::app
