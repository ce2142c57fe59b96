#include "actors/pubsub/message_cache_state.hpp"

// What the trace says of messages.

namespace grapevine {

namespace events = gossip::trace;

namespace {

events::rejected refused(const gossip::message_id& id,
                         const libp2p::peer_id& from, std::string_view reason,
                         std::string_view topic) {
  return {id, from, std::string{reason}, std::string{topic}};
}

// Puts an effect's event into the batch.
struct effect_tracer {
  gossip::trace_batch& batch;
  const libp2p::peer_id& self;

  void operator()(const gossip::deliver_message& e) const {
    batch.record([&] {
      return events::delivered{e.msg->id(), std::string{e.msg->topic()},
                               e.source.empty() ? self : e.source};
    });
  }

  void operator()(const gossip::duplicate_message& e) const {
    batch.record([&] {
      return events::duplicate{*e.id, e.peer, std::string{e.topic}};
    });
  }

  void operator()(const gossip::rejected_message& e) const {
    batch.record([&] {
      return refused(*e.id, e.peer, events::reason_text(e.reason), e.topic);
    });
  }

  void operator()(const gossip::ignored_message& e) const {
    batch.record([&] {
      return refused(*e.id, e.source, events::reasons::ignored, e.topic);
    });
  }

  void operator()(const gossip::throttled_message& e) const {
    batch.record([&] {
      return refused(*e.id, e.peer, events::reasons::queue_full, e.topic);
    });
  }

  // No events of their own.
  void operator()(const gossip::validate_message&) const {}
  void operator()(const gossip::release_credit&) const {}
  void operator()(const gossip::promise_counted&) const {}
};

} // namespace

// Before the effects are carried out, which moves from them.
void message_cache_state::trace() {
  if (!trace_.on())
    return;
  for (const auto& effect : effects_)
    std::visit(effect_tracer{trace_, ctx_->self}, effect);
}

void message_cache_state::trace_published(const gossip::message& msg) {
  trace_.record([&] {
    return events::published{msg.id(), std::string{msg.topic()}};
  });
}

} // namespace grapevine
