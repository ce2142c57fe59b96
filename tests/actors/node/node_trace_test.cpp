#include "proto/trace.pb.h"
#include "tests/support/node_network.hpp"
#include "tests/support/temporary_file.hpp"

#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/util/delimited_message_util.h>

#include <algorithm>
#include <variant>
#include <vector>

using namespace grapevine;
using namespace grapevine::test;

namespace {

namespace trace = gossip::trace;
using type = pb::TraceEvent;

/// What the first node of two did: it published one message to the other.
struct story {
  gossip::message_id id;
  libp2p::peer_id self;
  libp2p::peer_id other;
};

/// Two nodes meet in a topic, one publishes and leaves it, both end.
story tell_story(node_network& net, const node_config& first,
                 const node_config& second) {
  const auto a = net.start(first);
  const auto b = net.start(second);
  net.watch(b);
  net.subscribe(a, "news");
  net.subscribe(b, "news");
  net.connect(a, b);
  net.await(a, "news", 1);
  net.await(b, "news", 1);
  const auto id = net.publish(a, "news", "hello").id;
  net.next_message();
  net.next_message();
  tell(net.self().ptr(), a.actor, unsubscribe_topic{"news", net.inbox()});
  net.next_event(node_event::kind::unsubscribed);
  net.stop(a);
  net.stop(b);
  return {id, a.id, b.id};
}

std::vector<pb::TraceEvent> read_all(const std::string& content) {
  google::protobuf::io::ArrayInputStream in{content.data(),
                                            static_cast<int>(content.size())};
  std::vector<pb::TraceEvent> events;
  for (bool clean = false; !clean;) {
    pb::TraceEvent event;
    if (google::protobuf::util::ParseDelimitedFromZeroCopyStream(&event, &in,
                                                                 &clean))
      events.push_back(event);
    else
      REQUIRE(clean);
  }
  return events;
}

template <class Check>
bool any(const std::vector<pb::TraceEvent>& events, type::Type what,
         const Check& check) {
  return std::ranges::any_of(events, [&](const auto& event) {
    return event.type() == what && check(event);
  });
}

bool carries(const pb::TraceEvent::RPCMeta& meta, const story& told) {
  return std::ranges::any_of(meta.messages(), [&](const auto& msg) {
    return msg.messageid() == told.id.raw() && msg.topic() == "news";
  });
}

std::string raw(const libp2p::peer_id& id) {
  return to_string(id.view());
}

void check_peers(const std::vector<pb::TraceEvent>& events,
                 const libp2p::peer_id& other) {
  CHECK(any(events, type::JOIN,
            [](const auto& e) { return e.join().topic() == "news"; }));
  CHECK(any(events, type::LEAVE,
            [](const auto& e) { return e.leave().topic() == "news"; }));
  CHECK(any(events, type::GRAFT, [&](const auto& e) {
    return e.graft().peerid() == raw(other) && e.graft().topic() == "news";
  }));
  CHECK(any(events, type::PRUNE, [&](const auto& e) {
    return e.prune().peerid() == raw(other) && e.prune().topic() == "news";
  }));
  CHECK(any(events, type::ON_NEW_OUTBOUND_STREAM, [&](const auto& e) {
    return e.onnewoutboundstream().peerid() == raw(other)
           && e.onnewoutboundstream().proto().starts_with("/meshsub/");
  }));
  CHECK(any(events, type::ON_CLOSED_OUTBOUND_STREAM, [&](const auto& e) {
    return e.onclosedoutboundstream().peerid() == raw(other);
  }));
  CHECK(any(events, type::RECV_RPC, [&](const auto& e) {
    const auto& rpc = e.recvrpc();
    return rpc.receivedfrom() == raw(other)
           && rpc.meta().subscription_size() == 1
           && rpc.meta().subscription(0).topic() == "news";
  }));
}

} // namespace

TEST_CASE("a node's trace tells its whole story, to the last event") {
  const temporary_file first_file;
  const temporary_file second_file;
  story told;
  {
    node_network net;
    auto first = node_network::config(1);
    first.trace =
        trace_options{first_file.path(), gossip::trace_format::protobuf};
    auto second = node_network::config(2);
    second.trace =
        trace_options{second_file.path(), gossip::trace_format::protobuf};
    told = tell_story(net, first, second);
  }
  const std::string id{told.id.raw()};
  const auto sender = read_all(first_file.content());
  check_peers(sender, told.other);
  CHECK(any(sender, type::PUBLISH_MESSAGE, [&](const auto& e) {
    return e.publishmessage().messageid() == id
           && e.publishmessage().topic() == "news";
  }));
  CHECK(any(sender, type::DELIVER_MESSAGE, [&](const auto& e) {
    return e.delivermessage().messageid() == id
           && e.delivermessage().receivedfrom() == raw(told.self);
  }));
  CHECK(any(sender, type::SEND_RPC, [&](const auto& e) {
    return e.sendrpc().sendto() == raw(told.other)
           && carries(e.sendrpc().meta(), told);
  }));

  const auto receiver = read_all(second_file.content());
  check_peers(receiver, told.self);
  CHECK(any(receiver, type::RECV_RPC, [&](const auto& e) {
    return e.recvrpc().receivedfrom() == raw(told.self)
           && carries(e.recvrpc().meta(), told);
  }));
  CHECK(any(receiver, type::DELIVER_MESSAGE, [&](const auto& e) {
    return e.delivermessage().messageid() == id
           && e.delivermessage().receivedfrom() == raw(told.self);
  }));
}

TEST_CASE("an application is told what its node does, and when it has ended") {
  node_network net;
  auto config = node_network::config(1);
  config.trace_receivers = {net.inbox()};
  const auto told = tell_story(net, config, node_network::config(2));
  std::vector<gossip::trace_event> events;
  bool last = false;
  while (!last) {
    bool got = false;
    net.self()->receive(
        [&](const trace_events& msg) {
          events.insert(events.end(), msg.events->begin(), msg.events->end());
          CHECK(msg.dropped == 0);
          last = msg.last;
          got = true;
        },
        caf::after(node_network::patience) >> [] {});
    REQUIRE(got);
  }
  CHECK(std::ranges::any_of(events, [&](const auto& event) {
    const auto* published = std::get_if<trace::published>(&event.what);
    return published != nullptr && published->id == told.id;
  }));
  CHECK(std::ranges::any_of(events, [](const auto& event) {
    return std::holds_alternative<trace::left>(event.what);
  }));
}

TEST_CASE("a node does not start when its trace cannot be written") {
  node_network net;
  auto config = node_network::config(1);
  config.trace = trace_options{"/nonexistent/trace"};
  const auto node = net.keep(spawn_node(net.system(), config));
  CHECK(net.get_error<node_started>(node, start_node{})
            .find("cannot open /nonexistent/trace: ")
        == 0);
  net.get<node_stopped>(node, stop_node{});
}
