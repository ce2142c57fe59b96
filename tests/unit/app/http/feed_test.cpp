// The actor that tells all clients of a stream, and who keeps it.
#include "app/http/feed.hpp"
#include "app/http/feed_book.hpp"
#include "tests/support/messages.hpp"
#include "tests/support/recorder.hpp"
#include "tests/support/virtual_system.hpp"

#include <catch2/catch.hpp>

namespace grapevine::app::http {
namespace {

using Catch::StartsWith;

/// A feed whose node, keeper and clients only keep what they are told.
struct feed_fixture {
  explicit feed_fixture(stream_subject subject)
      : feed{spawn_feed(system.sys(), node.as<node_actor>(),
                        keeper.as<server_actor>(), std::move(subject))} {
    system.run();
  }

  ~feed_fixture() { say(end_feed{}); }

  template <class T>
  void say(T msg) {
    tell_from_outside(feed, std::move(msg));
    system.run();
  }

  void join(const test::recorder<stream_news>& client, stream_form form) {
    say(join_stream{"t", form, client.as<connection_actor>()});
  }

  void leave(const test::recorder<stream_news>& client) {
    caf::anon_send_exit(client.actor(), caf::exit_reason::user_shutdown);
    system.run();
  }

  test::virtual_system system;
  test::recorder<subscribe_topic, watch_node> node{system.sys()};
  test::recorder<feed_idle> keeper{system.sys()};
  feed_actor feed;
};

messages_delivered delivered(const std::string& data) {
  return {{{test::message_named("\x01\x02", "t", data), {}, {}}}};
}

TEST_CASE("http feed: each form is made once for all who take it", "[app]") {
  feed_fixture f{"t"};
  REQUIRE(f.node.all<subscribe_topic>().size() == 1);
  CHECK(f.node.all<subscribe_topic>()[0].topic == "t");
  CHECK(f.node.all<subscribe_topic>()[0].batches);
  test::recorder<stream_news> events{f.system.sys()};
  test::recorder<stream_news> lines{f.system.sys()};
  test::recorder<stream_news> more_lines{f.system.sys()};
  f.join(events, stream_form::events);
  f.join(lines, stream_form::ndjson);
  f.join(more_lines, stream_form::ndjson);
  f.say(delivered("hello"));
  REQUIRE(events.all<stream_news>().size() == 1);
  const auto& event = *events.all<stream_news>()[0].batch;
  REQUIRE(event.size() == 1);
  CHECK_THAT(std::string{event[0]},
             StartsWith("id: 0102\ndata: {\"topic\":\"t\""));
  const auto line = lines.all<stream_news>().at(0).batch;
  CHECK_THAT(std::string{(*line)[0]}, StartsWith("{\"topic\":\"t\""));
  CHECK(more_lines.all<stream_news>().at(0).batch == line);
  f.say(delivered("again"));
  CHECK(lines.all<stream_news>().at(1).batch != line);
}

TEST_CASE("http feed: without a topic it tells what happens to peers",
          "[app]") {
  feed_fixture f{std::nullopt};
  CHECK(f.node.all<watch_node>().size() == 1);
  test::recorder<stream_news> client{f.system.sys()};
  f.join(client, stream_form::ndjson);
  f.say(node_event{node_event::kind::connected, test::sender(1), {}});
  f.say(node_event{node_event::kind::grafted, test::sender(1), "t\xff"});
  const auto& all = client.all<stream_news>();
  REQUIRE(all.size() == 2);
  const auto id = to_string(test::sender(1));
  CHECK_THAT(std::string{(*all[0].batch)[0]},
             StartsWith("{\"event\":\"connected\",\"peer\":\"" + id
                        + "\",\"time\":\""));
  CHECK_THAT(std::string{(*all[1].batch)[0]},
             StartsWith("{\"event\":\"grafted\",\"peer\":\"" + id
                        + "\",\"topic\":\"t\xef\xbf\xbd\",\"time\":\""));
}

TEST_CASE("http feed: the last client's end is told, with how many there were",
          "[app]") {
  feed_fixture f{"t"};
  test::recorder<stream_news> first{f.system.sys()};
  test::recorder<stream_news> second{f.system.sys()};
  f.join(first, stream_form::ndjson);
  f.join(second, stream_form::events);
  f.leave(first);
  f.say(delivered("for the other"));
  CHECK(second.all<stream_news>().size() == 1);
  CHECK(f.keeper.all<feed_idle>().empty());
  f.leave(second);
  REQUIRE(f.keeper.all<feed_idle>().size() == 1);
  CHECK(f.keeper.all<feed_idle>()[0].subject == "t");
  CHECK(f.keeper.all<feed_idle>()[0].joined == 2);
  // One that comes when it has gone.
  f.join(first, stream_form::ndjson);
  CHECK(f.keeper.all<feed_idle>().size() == 2);
}

TEST_CASE("http feed: one is kept for each subject, until nobody is on the way "
          "to it",
          "[app]") {
  feed_fixture f{"t"};
  feed_book tested;
  int made = 0;
  const auto join = [&](const stream_subject& subject) {
    return tested.join(subject, [&] {
      ++made;
      return f.feed;
    });
  };
  CHECK(join("t") == f.feed);
  CHECK(join("t") == f.feed);
  CHECK(made == 1);
  join(std::nullopt);
  CHECK(made == 2);
  CHECK_FALSE(tested.leave("t", 1));
  CHECK_FALSE(tested.leave("u", 1));
  CHECK(tested.leave("t", 2) == f.feed);
  CHECK_FALSE(tested.leave("t", 2));
  join("t");
  CHECK(made == 3);
  CHECK(tested.all().size() == 2);
  tested.forget(f.feed.address());
  CHECK(tested.all().empty());
}

} // namespace
} // namespace grapevine::app::http
