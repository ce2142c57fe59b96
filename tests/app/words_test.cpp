// What is said when something does not work: where the user looks, and what to
// do about it.
#include "tests/app/program_fixture.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <csignal>
#include <deque>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

namespace grapevine::app {
namespace {

using Catch::Contains;
using namespace std::chrono_literals;

// How long `pub` says that it has waited for a peer: as long as it really did,
// which on a busy machine is longer than it meant to.
std::chrono::milliseconds time_waited(const std::string& said) {
  const std::regex words{"no peer could be reached within ([0-9.]+)(ms|s)"};
  std::smatch found;
  INFO(said);
  REQUIRE(std::regex_search(said, found, words));
  const auto factor = found[2] == "s" ? 1'000.0 : 1.0;
  return std::chrono::milliseconds{
      std::lround(std::stod(found[1].str()) * factor)};
}

TEST_CASE("policy: a node warns of messages that it rejects for theirs",
          "[app]") {
  running_node node{{"--topic", "news"}};
  const auto pub = run_program({"pub", "news", "--message", "m", "--policy",
                                "strict-no-sign", "--peer", node.address()});
  // The other side's verdict is not told.
  CHECK(pub.status == 0);
  node.process().wait_for_error(
      "warning message rejected: missing signature (this node wants signed "
      "messages: does the other have the same --policy?) peer=12D3Koo");
}

TEST_CASE("policy: a subscriber warns of what it rejects, too", "[app]") {
  running_node node{{"--topic", "news", "--policy", "strict-no-sign"}};
  program sub{{"sub", "news", "--peer", node.address()}};
  sub.wait_for_error("in the mesh of \"news\"");
  REQUIRE(run_program({"pub", "news", "--message", "m", "--policy",
                       "strict-no-sign", "--peer", node.address()})
              .status
          == 0);
  sub.wait_for_error("warning message rejected: missing signature");
}

TEST_CASE("pub: a peer that closes at once may be full or block us", "[app]") {
  const temporary_folder folder;
  const auto key = (folder / "key").string();
  const auto id = run_program({"keygen", "--out", key}).out.at(0);
  running_node node{{"--topic", "news", "--block-peer", id}};
  const auto pub =
      run_program({"pub", "news", "--message", "m", "--identity", key, "--peer",
                   node.address(), "--wait", "500ms"});
  CHECK(pub.status == 1);
  CHECK_THAT(pub.err, Contains("closes at once after connecting")
                          && Contains("it may be full or block us"));
  CHECK_THAT(pub.err, Contains("the message went to nobody"));
  CHECK(time_waited(pub.err) >= 500ms);
}

TEST_CASE("pub: a peer that cannot be reached is said with why", "[app]") {
  const auto address = loopback(free_port());
  const auto pub = run_program(
      {"pub", "news", "--message", "m", "--peer", address, "--wait", "300ms"});
  CHECK(pub.status == 1);
  CHECK_THAT(pub.err, Contains("the message went to nobody")
                          && Contains(": " + address + ": cannot connect to "
                                      + address + ": Connection refused"));
  CHECK(time_waited(pub.err) >= 300ms);
}

TEST_CASE("pub: another peer than the address names is said with its id",
          "[app]") {
  running_node node{{"--topic", "news"}};
  const auto slash = node.address().rfind('/') + 1;
  const std::string other =
      "12D3KooWKuSSSYsj75nHgPU5o9SXJS5CWA6L5zhmrquFcXE6H78q";
  const auto pub =
      run_program({"pub", "news", "--message", "m", "--wait", "300ms", "--peer",
                   node.address().substr(0, slash) + other});
  CHECK(pub.status == 1);
  CHECK_THAT(pub.err, Contains("it is " + node.address().substr(slash)
                               + ", not " + other));
}

TEST_CASE("pub: waits for a peer that restarts, and goes on", "[app]") {
  const temporary_folder folder;
  const auto address = loopback(free_port());
  const words run{"run",
                  "--listen",
                  address,
                  "--topic",
                  "news",
                  "--identity",
                  (folder / "key").string()};
  std::optional<program> node{run};
  node->line();
  program pub{{"pub", "news", "--peer", address, "--wait", "20s"}};
  pub.put("one");
  CHECK_THAT(pub.line(), Catch::EndsWith(" 1"));
  node->signal(SIGTERM);
  REQUIRE(node->status() == 0);
  pub.put("two");
  node.emplace(run);
  node->line();
  CHECK_THAT(pub.line(), Catch::EndsWith(" 1"));
  pub.end_input();
  CHECK(pub.status() == 0);
}

TEST_CASE("pub: a line that is too long is left out, counted, and a failure in "
          "the end",
          "[app]") {
  running_node node{{"--topic", "news"}};
  program pub{
      {"pub", "news", "--max-message-size", "8KiB", "--peer", node.address()}};
  pub.put("one");
  pub.line();
  pub.put(std::string(9'000, 'x'));
  pub.put("three");
  pub.line();
  pub.end_input();
  CHECK(pub.rest().empty());
  CHECK(pub.status() == 1);
  CHECK_THAT(pub.errors(), Contains("more than the 8192 bytes")
                               && Contains("1 message was not published: too "
                                           "large"));
}

// The commands of the README's tour.
std::string tour(std::uint16_t port) {
  std::ifstream in{GRAPEVINE_SOURCES "/README.md"};
  std::string script = "set -m\ngrapevine() { \"$GRAPEVINE\" \"$@\"; }\n";
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("## "))
      inside = line.starts_with("## A tour");
    if (!inside || !line.starts_with("$ "))
      continue;
    for (auto at = line.find("4001"); at != std::string::npos;
         at = line.find("4001", at))
      line.replace(at, 4, std::to_string(port));
    script += line.substr(2) + "\n";
  }
  return script + "wait\n";
}

TEST_CASE("README: its tour works however fast it is pasted", "[app]") {
  const temporary_folder folder;
  std::deque<support::process> tours;
  std::set<std::uint16_t> ports;
  while (ports.size() < 25)
    ports.insert(free_port());
  for (const auto port : ports) {
    const auto i = tours.size();
    const auto here = folder / std::to_string(i);
    std::filesystem::create_directory(here);
    tours.emplace_back(
        words{"/usr/bin/env", std::string{"GRAPEVINE="} + GRAPEVINE_PATH,
              "XDG_STATE_HOME=" + here.string(), "/bin/bash", "-c", tour(port)},
        here / "stderr");
    tours.back().close_input();
  }
  for (std::size_t i = 0; i < tours.size(); ++i) {
    std::string line;
    int hello = 0;
    int listening = 0;
    int pong = 0;
    while (tours[i].read_line(line, std::chrono::steady_clock::now() + patience)
           == support::read_status::line) {
      hello += line == "hello" ? 1 : 0;
      listening += line.starts_with("listening /") ? 1 : 0;
      pong += line.starts_with("pong from ") ? 1 : 0;
    }
    std::ifstream file{folder / std::to_string(i) / "stderr"};
    const std::string errors{std::istreambuf_iterator<char>{file}, {}};
    INFO("standard error: " << errors);
    CHECK(hello == 1);
    CHECK(listening == 1);
    CHECK(pong == 1);
  }
}

} // namespace
} // namespace grapevine::app
