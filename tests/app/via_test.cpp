// sub and pub through a running node.
#include "tests/app/api_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <csignal>

namespace grapevine::app {
namespace {

using Catch::Contains;
using nlohmann::json;

words via(const api_node& node, words command) {
  command.insert(command.end(), {"--via", node.place()});
  return command;
}

// A subscriber that gets what is published from now on.
struct via_sub {
  via_sub(const api_node& node, words options)
      : process{[&] {
          options.insert(options.begin(), "sub");
          return via(node, options);
        }()} {
    process.wait_for_error("grapevine: subscribed to \"");
  }

  program process;
};

TEST_CASE("via: what is published through a node comes to who subscribes "
          "through it",
          "[app]") {
  const api_node node;
  via_sub text{node, {"news", "--count", "1"}};
  via_sub objects{node, {"news", "--json", "--count", "1"}};
  const auto pub = run_program(via(node, {"pub", "news", "--message", "a\tb"}));
  INFO(pub.err);
  CHECK(pub.status == 0);
  REQUIRE(pub.out.size() == 1);
  CHECK_THAT(pub.out[0], Catch::EndsWith(" 0"));
  CHECK(text.process.line() == "a\tb");
  CHECK(text.process.status() == 0);
  const auto line = json::parse(objects.process.line());
  CHECK(line["text"] == "a\tb");
  CHECK(line["topic"] == "news");
  CHECK(pub.out[0] == line["id"].get<std::string>() + " 0");
  CHECK(objects.process.status() == 0);
}

TEST_CASE("via: it goes through the node into the network, and back", "[app]") {
  const api_node near{{"--topic", "news"}};
  const api_node far{{"--peer", near.address()}};
  via_sub sub{far, {"news", "--count", "2"}};
  program pub{via(near, {"pub", "news", "--wait", "30s"})};
  pub.put("one");
  CHECK_THAT(pub.line(), Catch::EndsWith(" 1"));
  pub.put("two");
  CHECK_THAT(pub.line(), Catch::EndsWith(" 1"));
  pub.end_input();
  CHECK(pub.status() == 0);
  CHECK(words{sub.process.line(), sub.process.line()} == words{"one", "two"});
  CHECK(sub.process.status() == 0);
}

TEST_CASE("via: several topics come together", "[app]") {
  const api_node node;
  via_sub sub{node, {"news", "weather/local news", "--json"}};
  sub.process.wait_for_error("subscribed to \"", 2);
  for (const auto* topic : {"news", "weather/local news"})
    REQUIRE(run_program(via(node, {"pub", topic, "--message", "m"})).status
            == 0);
  for (const auto* topic : {"news", "weather/local news"})
    CHECK(json::parse(sub.process.line())["topic"] == topic);
  sub.process.signal(SIGTERM);
  CHECK(sub.process.status() == 0);
}

TEST_CASE("via: any bytes go through", "[app]") {
  const temporary_folder folder;
  const api_node node;
  std::string data;
  for (int i = 0; i < 256; ++i)
    data += static_cast<char>(i);
  via_sub sub{node, {"news", "--json", "--count", "2"}};
  for (const auto* file : {"data", "nothing"})
    REQUIRE(run_program(via(node, {"pub", "news", "--file",
                                   folder.file(file, file == std::string{"data"}
                                                         ? data
                                                         : std::string{})}))
                .status
            == 0);
  CHECK_THAT(json::parse(sub.process.line())["data"].get<std::string>(),
             Catch::StartsWith("AAECAwQF") && Catch::EndsWith("/P3+/w=="));
  CHECK(json::parse(sub.process.line())["data"] == "");
}

TEST_CASE("via: a message that nobody takes is a failure", "[app]") {
  const api_node node;
  const auto pub = run_program(via(node, {"pub", "news", "--message", "m"}));
  CHECK(pub.status == 1);
  CHECK(pub.out.empty());
  CHECK_THAT(pub.err, Contains("the message went to nobody: neither the node "
                               "at "
                               + node.place()
                               + " nor a peer of it is subscribed to "
                                 "\"news\""));
  const auto waited = run_program(
      via(node, {"pub", "news", "--message", "m", "--wait", "50ms"}));
  CHECK(waited.status == 1);
  CHECK_THAT(waited.err, Contains("no peer of the node has subscribed"));
}

TEST_CASE("via: a line that is too long is left out and counted", "[app]") {
  const api_node node{{"--topic", "news", "--max-message-size", "8KiB"}};
  program pub{via(node, {"pub", "news", "--max-message-size", "10000B"})};
  pub.put("one");
  pub.line();
  // The node's limit, and the command's own.
  pub.put(std::string(9'000, 'x'));
  pub.put(std::string(11'000, 'x'));
  pub.put("four");
  pub.line();
  pub.end_input();
  CHECK(pub.rest().empty());
  CHECK(pub.status() == 1);
  CHECK_THAT(pub.errors(),
             Contains("too large; left out")
                 && Contains("more than the 10000 bytes")
                 && Contains("2 messages were not published: too large"));
  const auto single = run_program(
      via(node, {"pub", "news", "--message", std::string(9'000, 'x')}));
  CHECK(single.status == 1);
  CHECK_THAT(single.err, Contains("too large"));
}

TEST_CASE("via: a subscriber ends with its node, and says so", "[app]") {
  api_node node;
  via_sub sub{node, {"news"}};
  node.process().signal(SIGTERM);
  REQUIRE(node.process().status() == 0);
  CHECK(sub.process.status() == 1);
  CHECK_THAT(sub.process.errors(),
             Contains("the node at " + node.place()
                      + " has ended the subscription to \"news\""));
}

TEST_CASE("via: a subscriber ends well when nobody reads it any more",
          "[app]") {
  const api_node node;
  via_sub sub{node, {"news"}};
  sub.process.close_output();
  CHECK(sub.process.status() == 0);
}

TEST_CASE("via: what the node refuses is said", "[app]") {
  const api_node node{{"--allow-topic", "news"}};
  const auto sub = run_program(via(node, {"sub", "weather"}));
  CHECK(sub.status == 1);
  CHECK_THAT(sub.err, Contains("--allow-topic"));
}

TEST_CASE("via: a publisher goes on when its node has restarted", "[app]") {
  const temporary_folder folder;
  const auto place = "unix:" + (folder / "api.sock").string();
  const words options{"--topic", "news", "--api", place};
  std::optional<api_node> node{options};
  program pub{{"pub", "news", "--via", place}};
  pub.put("one");
  pub.line();
  node->process().signal(SIGTERM);
  REQUIRE(node->process().status() == 0);
  node.emplace(options);
  pub.put("two");
  pub.line();
  pub.end_input();
  CHECK(pub.status() == 0);
}

TEST_CASE("via: who reads too slowly is told what is missing", "[app]") {
  const api_node node{{"--max-message-size", "1MiB"}};
  via_sub sub{node, {"news"}};
  const std::string large(1'000'000, 'x');
  // Nothing is read of what sub prints, until the node has dropped something.
  const auto missed = [&] {
    return sub.process.errors().find("were dropped: they are not read fast");
  };
  for (int i = 0; i < 40; ++i)
    REQUIRE(node.ask("POST", "/api/v1/publish?topic=news", large).status
            == 200);
  sub.process.line();
  while (missed() == std::string::npos)
    sub.process.line_within(std::chrono::milliseconds{10});
  sub.process.signal(SIGTERM);
  CHECK(sub.process.status() == 0);
}

} // namespace
} // namespace grapevine::app
