// What the pubsub's actors count, each for itself.
#include "actors/pubsub/heartbeat.hpp"
#include "tests/support/cache_actor_fixture.hpp"
#include "tests/support/mesh_manager_fixture.hpp"
#include "tests/support/peer_fixture.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

const topic_metrics* find(const std::vector<topic_metrics>& all,
                          const std::string& topic) {
  for (const auto& one : all)
    if (one.topic == topic)
      return &one;
  return nullptr;
}

template <class Counts, class Fixture>
Counts told_by(Fixture& f) {
  recorder<Counts> sink{f.net.sys()};
  f.say(tell_counts{sink.template as<counts_sink>(),
                    {1, f.net.sys().clock().now()}});
  REQUIRE(sink.template all<Counts>().size() == 1);
  return sink.template all<Counts>()[0];
}

} // namespace

TEST_CASE("counts: a peer tells what it has counted since it last did") {
  peer_fixture f;
  auto [far, stream] = f.join();
  f.say_all(*far, stream, {{.topic = "t"}});
  f.publish({"one", "two"});
  recorder<peer_counts> sink{f.system.sys()};
  const tell_counts question{sink.as<counts_sink>(), {3, f.now() - 5ms}};
  f.tell_peer(question);
  f.tell_peer(question);
  REQUIRE(sink.all<peer_counts>().size() == 2);
  const auto& first = sink.all<peer_counts>()[0];
  CHECK(first.answer.round == 3);
  CHECK(first.answer.lag == 5ms);
  CHECK(first.since.bytes_in > 0);
  CHECK(first.since.bytes_out > 0);
  CHECK(first.since.rpc_in[rpc_part::subscribe] == 1);
  CHECK(first.since.rpc_out[rpc_part::subscribe] == 1);
  CHECK(first.since.rpc_out[rpc_part::publish] == 2);
  const auto& second = sink.all<peer_counts>()[1];
  CHECK(second.since.rpc_out[rpc_part::publish] == 0);
  CHECK(second.since.bytes_out == 0);
}

TEST_CASE("counts: what a peer has counted outlives it") {
  peer_fixture f;
  f.join();
  f.publish({"one"});
  f.tell_peer(disconnect_peer{"asked to"});
  f.advance(2s);
  REQUIRE(f.counts.all<peer_counts>().size() == 1);
  const auto& last = f.counts.all<peer_counts>()[0];
  CHECK(last.answer.round == 0);
  CHECK(last.since.rpc_out[rpc_part::publish] == 1);
  // Also of connections that have ended by then.
  CHECK(last.since.bytes_out > 0);
  CHECK(last.since.bytes_in > 0);
}

TEST_CASE("counts: what a full queue drops is counted by lane") {
  peer_fixture f{[](node_config& config) { config.send_queue_messages = 1; }};
  f.hello.reset();
  f.join();
  f.publish({"one", "two", "three"});
  recorder<peer_counts> sink{f.system.sys()};
  f.tell_peer(tell_counts{sink.as<counts_sink>(), {1, f.now()}});
  REQUIRE(sink.all<peer_counts>().size() == 1);
  const auto& told = sink.all<peer_counts>()[0];
  CHECK(told.since.dropped[gossip::lane::payload] == 2);
  CHECK(told.queued[static_cast<std::size_t>(gossip::lane::payload)].items
        == 1);
}

TEST_CASE("counts: the cache counts a topic's messages by what came of them") {
  cache_fixture f;
  const auto good = cache_fixture::message("good");
  f.accept(1, good);
  f.receive(2, good);
  f.receive_and_decide(1, cache_fixture::message("bad", "t", 43),
                       gossip::verdict_kind::reject);
  f.receive_and_decide(1, cache_fixture::message("odd", "t", 44),
                       gossip::verdict_kind::ignore);
  const auto told = told_by<cache_counts>(f);
  const auto* topic = find(told.topics, "t");
  REQUIRE(topic != nullptr);
  CHECK(topic->counts.received == 4);
  CHECK(topic->counts.received_bytes > 4 * 4);
  CHECK(topic->counts.fresh == 3);
  CHECK(topic->counts.accepted == 1);
  CHECK(topic->counts.delivered == 1);
  CHECK(topic->counts.duplicates == 1);
  CHECK(topic->counts.rejected == 1);
  CHECK(topic->counts.ignored == 1);
  CHECK(told.totals.accepted == 1);
  CHECK(told.totals.duplicates == 1);
  CHECK(told.totals.ignored == 1);
  // Once told, it is not told again.
  CHECK(told_by<cache_counts>(f).topics.empty());
}

TEST_CASE("counts: the cache knows how long validations take") {
  cache_fixture f;
  f.receive(1, cache_fixture::message("one"));
  const auto asked = f.validator.all<validate_messages>().back();
  REQUIRE(asked.since);
  f.net.advance(20ms);
  f.say(verdicts_reached{{{asked.tasks[0].msg->id(), asked.tasks[0].token, {}}},
                         asked.since});
  const auto told = told_by<cache_counts>(f);
  CHECK(told.totals.validation.sum() == Approx(0.02));
}

TEST_CASE("counts: rejections are counted by their reason") {
  cache_fixture f;
  f.receive(1, cache_fixture::message("bad"));
  const auto task = f.tasks().back();
  f.say(verdicts_reached{{{task.msg->id(),
                           task.token,
                           {gossip::verdict_kind::reject,
                            gossip::reject_reason::bad_signature}}}});
  const auto told = told_by<cache_counts>(f);
  CHECK(told.totals.rejected[gossip::reject_reason::bad_signature] == 1);
  CHECK(told.totals.rejected[gossip::reject_reason::validator] == 0);
}

TEST_CASE("counts: what is published to a topic without subscribing to it is "
          "counted by topic") {
  cache_fixture f;
  const auto own = cache_fixture::message_of(f.ctx->self, "mine", "fanout", 1);
  f.say(publish_own_batch{{own}});
  const auto told = told_by<cache_counts>(f);
  const auto* topic = find(told.topics, "fanout");
  REQUIRE(topic != nullptr);
  CHECK(topic->counts.published == 1);
  CHECK(told.totals.published == 1);
  CHECK(told.totals.accepted == 0);
}

TEST_CASE("counts: a topic's counters outlive the subscription") {
  cache_fixture f;
  f.accept(1, cache_fixture::message("good"));
  f.say(set_subscribers{"t", false, {}});
  const auto told = told_by<cache_counts>(f);
  CHECK(told.topics.empty());
  CHECK(told.gone.accepted == 1);
}

TEST_CASE("counts: the mesh manager counts peers and GRAFTs by topic") {
  manager_fixture f;
  fake_peer peer{f.net.sys()};
  f.say(join_topic{"a"});
  f.member(1, peer);
  f.member(2, peer);
  f.member(3, peer, "b");
  f.say(heartbeat_tick{});
  const auto told = told_by<mesh_counts>(f);
  CHECK(told.totals.pubsub_peers == 3);
  REQUIRE(told.topics.size() == 1);
  const auto& topic = told.topics[0];
  CHECK(topic.topic == "a");
  CHECK(topic.peers.subscribed);
  CHECK(topic.peers.mesh == 2);
  CHECK(topic.peers.peers == 2);
  CHECK(topic.counts.grafts == 2);
  CHECK(told_by<mesh_counts>(f).topics[0].counts.grafts == 0);
  std::uint64_t beats = 0;
  for (const auto count : told.totals.heartbeat_duration.counts())
    beats += count;
  CHECK(beats == 1);
}

TEST_CASE("counts: PRUNEs of a topic that is left count") {
  manager_fixture f;
  fake_peer peer{f.net.sys()};
  f.say(join_topic{"a"});
  f.member(1, peer);
  f.say(leave_topic{"a"});
  const auto told = told_by<mesh_counts>(f);
  CHECK(told.topics.empty());
  CHECK(told.gone.prunes == 1);
}

TEST_CASE("counts: the heartbeat counts how late it is") {
  virtual_system net;
  recorder<heartbeat_tick> mesh{net.sys()};
  recorder<heartbeat_counts> sink{net.sys()};
  const auto heart = spawn_heartbeat(net.sys(), virtual_system::context(1),
                                     mesh.as<mesh_manager_actor>());
  net.advance(100ms);
  net.advance(1'250ms);
  const tell_counts question{sink.as<counts_sink>(),
                             {1, net.sys().clock().now()}};
  tell_from_outside(heart, question);
  tell_from_outside(heart, question);
  net.run();
  REQUIRE(sink.all<heartbeat_counts>().size() == 2);
  CHECK(sink.all<heartbeat_counts>()[0].late.sum() == Approx(0.25));
  CHECK(sink.all<heartbeat_counts>()[1].late.sum() == 0);
  tell_from_outside(heart, stop_heartbeat{});
  net.run();
}
