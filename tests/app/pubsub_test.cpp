#include "actors/host/socket.hpp"
#include "tests/app/program_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <csignal>
#include <poll.h>
#include <set>

namespace grapevine::app {
namespace {

using Catch::Contains;
using namespace std::chrono_literals;

/// What pub prints: an id and how many peers took the message.
void check_receipt(const std::string& line, std::size_t peers) {
  INFO(line);
  const auto space = line.find(' ');
  REQUIRE(space != std::string::npos);
  CHECK(line.find_first_not_of("0123456789abcdef") == space);
  CHECK(line.substr(space + 1) == std::to_string(peers));
}

/// A subscriber that others can dial, at an address that is known beforehand.
struct subscriber {
  explicit subscriber(const words& options)
      : address{loopback(free_port())}, process{[&] {
          words arguments{"sub", "--listen", address};
          arguments.insert(arguments.end(), options.begin(), options.end());
          return arguments;
        }()} {}

  std::string address;
  program process;
};

/// Takes connections and says nothing.
class silent_listener {
public:
  silent_listener()
      : socket_{*listen_on(*endpoint::of(
          *libp2p::multiaddr::from_text("/ip4/127.0.0.1/tcp/0")))} {}

  std::string address() const {
    return local_endpoint(socket_.get()).to_multiaddr().to_text();
  }

  void wait_for_connection() const {
    pollfd watched{socket_.get(), POLLIN, 0};
    const auto time = std::chrono::milliseconds{patience};
    REQUIRE(::poll(&watched, 1, static_cast<int>(time.count())) == 1);
  }

private:
  unique_fd socket_;
};

TEST_CASE("sub and pub: a message published at once is not lost", "[app]") {
  subscriber sub{{"news", "--count", "1"}};
  const auto pub = run_program(
      {"pub", "news", "--message", "{\"a\": [1]}", "--peer", sub.address});
  INFO(pub.err);
  CHECK(pub.status == 0);
  REQUIRE(pub.out.size() == 1);
  check_receipt(pub.out[0], 1);
  CHECK(sub.process.line() == "{\"a\": [1]}");
  CHECK(sub.process.rest().empty());
  CHECK(sub.process.status() == 0);
}

// What a subscriber prints of a message with a control sequence, a line feed
// being its end; `before` and `after` say where to.
words printed_by_sub(const std::string& before, const std::string& after) {
  const auto address = loopback(free_port());
  const auto ended = run_shell(
      before + "\"$GRAPEVINE\" sub news --count 1 --listen "
      + address
      // A terminal shows the log, too, which under load may have a line.
      + " 2>/dev/null" + after
      + " & printf 'a\\033[31mb\\377\\n' | \"$GRAPEVINE\" pub news --peer "
      + address + " >/dev/null && wait $!");
  INFO(ended.err);
  REQUIRE(ended.out.size() == 1);
  return ended.out;
}

TEST_CASE("sub: a message cannot command the terminal that shows it", "[app]") {
  // Its end of a line is two characters.
  CHECK(printed_by_sub("script --quiet --return --command '", "' /dev/null")[0]
        == "a\\x1b[31mb\\xff\r");
}

TEST_CASE("sub: a pipe gets a message as it was sent", "[app]") {
  CHECK(printed_by_sub("", "")[0] == "a\x1b[31mb\xff");
}

TEST_CASE("sub and pub: through a node between them", "[app]") {
  running_node node{{"--topic", "news", "--heartbeat-interval", "100ms"}};
  program sub{{"sub", "news", "--json", "--peer", node.address(),
               "--heartbeat-interval", "100ms"}};
  program pub{{"pub", "news", "--peer", node.address()}};
  // The node takes what comes before the subscriber has joined, too.
  std::optional<std::string> received;
  int sent = 0;
  while (!received) {
    REQUIRE(sent < 200);
    pub.put("message " + std::to_string(++sent));
    check_receipt(pub.line(), 1);
    received = sub.line_within(100ms);
  }
  const auto message = nlohmann::json::parse(*received);
  CHECK(message.at("topic") == "news");
  CHECK_THAT(message.at("text").get<std::string>(),
             Catch::StartsWith("message "));
  CHECK_THAT(message.at("from").get<std::string>(),
             Catch::StartsWith("12D3Koo"));
  pub.end_input();
  CHECK(pub.status() == 0);
  sub.signal(SIGINT);
  CHECK(sub.status() == 0);
}

TEST_CASE("sub and pub: lines, and messages without author", "[app]") {
  subscriber sub{
      {"news", "--json", "--count", "2", "--policy", "strict-no-sign"}};
  program pub{
      {"pub", "news", "--peer", sub.address, "--policy", "strict-no-sign"}};
  pub.put("one");
  check_receipt(pub.line(), 1);
  pub.put("two");
  pub.end_input();
  check_receipt(pub.line(), 1);
  CHECK(pub.status() == 0);
  // Two validators may finish in either order.
  std::multiset<std::string> texts;
  for (int i = 0; i < 2; ++i) {
    const auto message = nlohmann::json::parse(sub.process.line());
    CHECK(message.at("from").is_null());
    CHECK(message.at("seqno").is_null());
    texts.insert(message.at("text").get<std::string>());
  }
  CHECK(texts == std::multiset<std::string>{"one", "two"});
  CHECK(sub.process.status() == 0);
}

TEST_CASE("sub and pub: a file, larger than is usual", "[app]") {
  const temporary_folder folder;
  const std::string large(1'100'000, 'x');
  subscriber sub{{"news", "--count", "1", "--max-message-size", "2MiB"}};
  const auto pub =
      run_program({"pub", "news", "--peer", sub.address, "--file",
                   folder.file("large", large), "--max-message-size", "2MiB"});
  INFO(pub.err);
  CHECK(pub.status == 0);
  CHECK((sub.process.line() == large));
  CHECK(sub.process.status() == 0);
}

TEST_CASE("sub: payloads are printed as they are", "[app]") {
  subscriber sub{{"a", "b", "--count", "2"}};
  CHECK(
      run_program({"pub", "a", "--message", "--", "--peer", sub.address}).status
      == 0);
  CHECK(run_program({"pub", "b", "--message", "", "--peer", sub.address}).status
        == 0);
  CHECK(sub.process.rest() == words{"--", ""});
  CHECK(sub.process.status() == 0);
}

TEST_CASE("sub: ends quietly when nobody reads", "[app]") {
  const auto address = loopback(free_port());
  program sub{{"sub", "news", "--listen", address}};
  const auto published = run_program({"pub", "news", "--message", "hello",
                                      "--peer", address, "--wait", "25s"});
  CHECK(published.status == 0);
  CHECK(sub.line() == "hello");
  // As head does after its line; no further message tells sub so.
  sub.close_output();
  CHECK(sub.status() == 0);
  CHECK(sub.errors().empty());
}

TEST_CASE("sub: ends on a signal", "[app]") {
  silent_listener nobody;
  program sub{{"sub", "news", "--peer", nobody.address()}};
  nobody.wait_for_connection();
  sub.signal(SIGTERM);
  CHECK(sub.status() == 0);
  CHECK(sub.rest().empty());
}

TEST_CASE("pub: fails when nobody takes the message", "[app]") {
  const auto nobody = run_program({"pub", "news", "--message", "m", "--peer",
                                   loopback(free_port()), "--wait", "100ms"});
  CHECK(nobody.status == 1);
  CHECK(nobody.out.empty());
  CHECK_THAT(nobody.err,
             Contains("grapevine: the message went to nobody: no peer "
                      "could be reached within "));
  running_node node{{"--topic", "weather"}};
  const auto elsewhere = run_program({"pub", "news", "--message", "m", "--peer",
                                      node.address(), "--wait", "2s"});
  CHECK(elsewhere.status == 1);
  CHECK_THAT(elsewhere.err,
             Contains("a peer is connected, but none subscribed to \"news\""));
}

TEST_CASE("pub: what cannot be read or is too large is a failure", "[app]") {
  const temporary_folder folder;
  running_node node{{"--topic", "news"}};
  const auto missing = run_program(
      {"pub", "news", "--file", "/does/not/exist", "--peer", node.address()});
  CHECK(missing.status == 1);
  CHECK_THAT(missing.err,
             Contains("--file: \"/does/not/exist\": No such file"));
  const auto file = folder.file("large", std::string(70'000, 'x'));
  const auto large =
      run_program({"pub", "news", "--file", file, "--peer", node.address(),
                   "--max-message-size", "64KiB"});
  CHECK(large.status == 1);
  CHECK_THAT(large.err, Contains("--max-message-size"));
}

TEST_CASE("pub: waiting for input ends on a signal", "[app]") {
  running_node node{{"--topic", "news"}};
  program pub{{"pub", "news", "--peer", node.address()}};
  pub.put("first");
  check_receipt(pub.line(), 1);
  pub.signal(SIGINT);
  CHECK(pub.status() == 0);
}

TEST_CASE("pub: waiting for a peer ends on a signal, as a failure", "[app]") {
  silent_listener nobody;
  program pub{{"pub", "news", "--message", "m", "--peer", nobody.address(),
               "--wait", "1h"}};
  nobody.wait_for_connection();
  pub.signal(SIGTERM);
  CHECK(pub.status() == 1);
  CHECK_THAT(pub.errors(), Contains("stopped before"));
}

} // namespace
} // namespace grapevine::app
