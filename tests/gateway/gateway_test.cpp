// A gateway and an application of another process, over loopback.
#include "libp2p/identity/keys.hpp"
#include "tests/gateway/gateway_fixture.hpp"
#include "tests/gateway/wire.hpp"

#include <caf/io/all.hpp>

#include <filesystem>
#include <iterator>

using namespace grapevine;
using namespace grapevine::test;
using Catch::Contains;

namespace {

gateway_options only(gateway_rights rights) {
  gateway_options options;
  options.rights = rights;
  return options;
}

/// The gateway itself, as CAF's own network gives it.
gateway_actor bare(remote_side& remote, const gateway_side& side) {
  const auto found = remote.network.sys.middleman().remote_actor<gateway_actor>(
      "127.0.0.1", side.port);
  REQUIRE(found);
  return *found;
}

} // namespace

TEST_CASE("an application of another process subscribes, publishes and "
          "inspects",
          "[gateway]") {
  gateway_side side;
  remote_side remote{side.port};
  REQUIRE(remote.becomes(true));
  REQUIRE(remote.ask<changed>(remote.node,
                              subscribe_topic{"news", remote.subscriber}));
  REQUIRE(comes_about([&] { return !side.node.subscribers("news").empty(); }));
  side.node.deliver("news", {"a", "b", "c"});
  REQUIRE(remote.messages->reaches(3));
  CHECK(texts(remote.messages->all())
        == std::vector<std::string>{"a", "b", "c"});

  const auto receipt = remote.ask<publish_receipt>(
      remote.node, publish_message{"news", to_bytes(as_bytes("d")), 5});
  REQUIRE(receipt);
  CHECK(receipt->peers == 5);
  CHECK(receipt->id.raw() == "d");

  const auto snapshot = remote.ask<node_snapshot>(remote.node, inspect_node{});
  REQUIRE(snapshot);
  CHECK(snapshot->dropped == 7);
}

TEST_CASE("what a remote had is gone when it has unsubscribed or ended",
          "[gateway]") {
  gateway_side side;
  {
    remote_side remote{side.port};
    REQUIRE(remote.becomes(true));
    REQUIRE(remote.ask<changed>(remote.node,
                                subscribe_topic{"news", remote.subscriber}));
    REQUIRE(remote.ask<changed>(remote.node, watch_node{remote.subscriber}));
    REQUIRE(side.node.subscribers("news").size() == 1);
    REQUIRE(side.node.observers().size() == 1);
    REQUIRE(remote.ask<changed>(remote.node,
                                unsubscribe_topic{"news", remote.subscriber}));
    CHECK(comes_about([&] { return side.node.subscribers("news").empty(); }));
  }
  CHECK(comes_about([&] { return side.node.observers().empty(); }));
}

TEST_CASE("what is not permitted is refused with a reason", "[gateway]") {
  gateway_side side{only({false, false, false, false, false})};
  remote_side remote{side.port};
  REQUIRE(remote.becomes(true));
  const auto gateway = bare(remote, side);
  const auto refused = [&](const auto& answer) {
    REQUIRE_FALSE(answer);
    return answer.error();
  };
  CHECK_THAT(refused(remote.ask<changed>(
                 gateway, subscribe_topic{"news", remote.subscriber})),
             Contains("does not permit \"read\""));
  CHECK_THAT(refused(remote.ask<publish_receipt>(gateway,
                                                 publish_message{"news", {1}})),
             Contains("does not permit \"publish\""));
  CHECK_THAT(refused(remote.ask<node_snapshot>(gateway, inspect_node{})),
             Contains("does not permit \"inspect\""));
  CHECK_THAT(refused(remote.ask<changed>(gateway, block_peer{})),
             Contains("does not permit \"admin\""));
  CHECK_THAT(refused(remote.ask<node_stopped>(gateway, stop_node{})),
             Contains("own process"));
  CHECK_THAT(refused(remote.ask<changed>(gateway, change_settings{})),
             Contains("own process"));
  CHECK_THAT(refused(remote.ask<changed>(gateway, set_partial_topic{})),
             Contains("cannot leave the process"));
}

TEST_CASE("keys and functions are refused, whoever they reach", "[gateway]") {
  gateway_side side{only({true, true, true, true, true})};
  remote_side remote{side.port};
  REQUIRE(remote.becomes(true));
  const auto gateway = bare(remote, side);
  publish_message msg{"news", {1}};
  msg.key = std::make_shared<const libp2p::private_key>(
      libp2p::private_key::generate());
  set_validation validated{"news", topic_validation{}};
  validated.validation->functions.emplace_back(
      [](const auto&, const auto&) { return judgement{}; });
  const auto far_key = remote.ask<publish_receipt>(gateway, msg);
  const auto near_key = remote.ask<publish_receipt>(remote.node, msg);
  const auto far_function = remote.ask<changed>(gateway, validated);
  const auto near_function = remote.ask<changed>(remote.node, validated);
  REQUIRE_FALSE(far_key);
  REQUIRE_FALSE(near_key);
  REQUIRE_FALSE(far_function);
  REQUIRE_FALSE(near_function);
  CHECK_THAT(far_key.error(), Contains("leave the process"));
  CHECK_THAT(near_key.error(), Contains("leave the process"));
  CHECK_THAT(far_function.error(), Contains("leave the process"));
  CHECK_THAT(near_function.error(), Contains("leave the process"));
}

TEST_CASE("a remote validates by an actor, as long as it is there",
          "[gateway]") {
  gateway_side side{only({true, true, true, true, false})};
  remote_side remote{side.port};
  REQUIRE(remote.becomes(true));
  const auto judge =
      remote.network.sys.spawn([]() -> judge_actor::behavior_type {
        return {[](const judge_message& msg) {
          return judgement{msg.msg->data().empty()
                               ? gossip::verdict_kind::reject
                               : gossip::verdict_kind::accept};
        }};
      });
  topic_validation how;
  how.actors.push_back(judge);
  REQUIRE(remote.ask<changed>(remote.node, set_validation{"news", how}));
  const auto set = side.node.validation();
  REQUIRE(set);
  REQUIRE(set->validation);
  REQUIRE(set->validation->actors.size() == 1);
  caf::scoped_actor self{side.network.sys};
  judge_message question{message_of("news", "good"), {}};
  ask(self.ptr(), set->validation->actors.front(), patience, question)
      .receive(
          [](const judgement& got) {
            CHECK(got.verdict == gossip::verdict_kind::accept);
          },
          [](const caf::error& why) { FAIL(reason_of(why)); });
  caf::anon_send_exit(judge, caf::exit_reason::user_shutdown);
  CHECK(comes_about([&] {
    const auto now = side.node.validation();
    return now && now->topic == "news" && !now->validation;
  }));
}

TEST_CASE("topics, numbers and rates are bounded", "[gateway]") {
  gateway_options options;
  gossip::subscription_filter_options filter;
  filter.patterns = {"news/.*"};
  options.topics = *gossip::subscription_filter::from(filter);
  options.max_subscriptions = 2;
  options.max_requests_per_second = 10;
  options.max_waiting_messages = 5;
  gateway_side side{options};
  remote_side remote{side.port};
  REQUIRE(remote.becomes(true));
  const auto subscribe = [&](const std::string& topic) {
    return remote.ask<changed>(remote.node,
                               subscribe_topic{topic, remote.subscriber});
  };
  const auto other = subscribe("weather");
  REQUIRE_FALSE(other);
  CHECK_THAT(other.error(), Contains("does not permit this topic"));
  REQUIRE(subscribe("news/a"));
  CHECK(side.node.delivery()->max_messages == 5);
  REQUIRE(subscribe("news/b"));
  const auto third = subscribe("news/c");
  REQUIRE_FALSE(third);
  CHECK_THAT(third.error(), Contains("as many subscriptions"));
  const auto flood = remote.ask<batch_receipt>(
      remote.node, publish_batch{"news/a", std::vector<bytes>(11, bytes{1})});
  REQUIRE_FALSE(flood);
  CHECK_THAT(flood.error(), Contains("in a second"));
}

TEST_CASE("what a slow subscriber has not handled still counts as waiting",
          "[gateway]") {
  gateway_side side;
  remote_side remote{side.port};
  REQUIRE(remote.becomes(true));
  const auto slow = std::make_shared<std::promise<void>>();
  const auto until = slow->get_future().share();
  const auto handled = std::make_shared<std::atomic<int>>(0);
  const auto reader = remote.network.sys.spawn<caf::detached>(
      [until, handled]() -> caf::behavior {
        return {[=](const message_delivered&) {
          until.wait();
          ++*handled;
        }};
      });
  REQUIRE(remote.ask<changed>(remote.node, subscribe_topic{"news", reader}));
  const auto gauge = std::make_shared<load_gauge>();
  side.node.deliver("news", std::vector<std::string>(100, "x"), gauge);
  side.node.deliver("news", std::vector<std::string>(100, "y"), gauge);
  // Of another actor on the same way: all of it has been there by now.
  REQUIRE(remote.ask<changed>(remote.node,
                              subscribe_topic{"else", remote.subscriber}));
  side.node.deliver("else", {"z"});
  REQUIRE(remote.messages->reaches(1));
  CHECK(gauge->messages() == 200);
  slow->set_value();
  CHECK(comes_about([&] { return gauge->messages() == 0; }));
  CHECK(*handled == 200);
  caf::anon_send_exit(reader, caf::exit_reason::user_shutdown);
}

TEST_CASE("after a lost connection it subscribes again, and is told what it "
          "has missed",
          "[gateway]") {
  gateway_side side;
  wire between{side.port};
  remote_side remote{between.port()};
  REQUIRE(remote.becomes(true));
  REQUIRE(remote.ask<changed>(remote.node,
                              subscribe_topic{"news", remote.subscriber}));
  side.node.deliver("news", {"before"});
  REQUIRE(remote.messages->reaches(1));

  between.cut();
  REQUIRE(remote.becomes(false));
  const auto detached = remote.ask<node_snapshot>(remote.node, inspect_node{});
  REQUIRE_FALSE(detached);
  CHECK_THAT(detached.error(), Contains("not attached"));
  const auto gauge = std::make_shared<load_gauge>();
  side.node.deliver("news", {"1", "2", "3"}, gauge);
  REQUIRE(comes_about([&] { return gauge->messages() == 0; }));

  between.mend();
  REQUIRE(remote.becomes(true));
  CHECK(remote.states->all().back().away.count() > 0);
  // It has been taken up again when an answer comes that was asked for later.
  REQUIRE(remote.ask<node_snapshot>(remote.node, inspect_node{}));
  side.node.deliver("news", {"after"});
  REQUIRE(remote.messages->reaches(2));
  const auto all = remote.messages->all();
  CHECK(texts(all) == std::vector<std::string>{"before", "after"});
  CHECK(all.back().missed == 3);
}

TEST_CASE("requests that a lost connection leaves open are answered",
          "[gateway]") {
  gateway_side side;
  wire between{side.port};
  remote_side remote{between.port()};
  REQUIRE(remote.becomes(true));
  caf::anon_send_exit(side.gateway, caf::exit_reason::kill);
  REQUIRE(remote.becomes(false));
  const auto answer = remote.ask<peers_snapshot>(remote.node, inspect_peers{});
  REQUIRE_FALSE(answer);
  CHECK_THAT(answer.error(), Contains("not attached"));
}

TEST_CASE("without TLS a gateway is for this machine alone", "[gateway]") {
  gateway_side side;
  const auto opened =
      publish_gateway(side.network.sys, side.gateway, "0.0.0.0", 0);
  REQUIRE_FALSE(opened);
  CHECK_THAT(opened.error(), Contains("needs TLS"));
}

TEST_CASE("a gateway closed as soon as it is open leaves no socket",
          "[gateway]") {
  network_system network;
  const played_node node{network.sys};
  const auto gateway = spawn_gateway(network.sys, node.actor());
  const auto open_files = [] {
    using entries = std::filesystem::directory_iterator;
    return std::distance(entries{"/proc/self/fd"}, entries{});
  };
  const auto before = open_files();
  for (int i = 0; i < 200; ++i) {
    const auto port = publish_gateway(network.sys, gateway, "127.0.0.1", 0);
    REQUIRE(port);
    close_gateway(network.sys, *port);
  }
  CHECK(comes_about([&] { return open_files() <= before; }));
  caf::anon_send_exit(gateway, caf::exit_reason::user_shutdown);
}
