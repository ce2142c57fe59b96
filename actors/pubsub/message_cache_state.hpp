#pragma once

#include "actors/pubsub/counter_watch.hpp"
#include "actors/pubsub/message_cache.hpp"
#include "actors/pubsub/subscription.hpp"
#include "actors/repeat_log.hpp"
#include "gossip/cache/message_cache.hpp"
#include "gossip/rng.hpp"
#include "gossip/stream/fifo.hpp"
#include "gossip/trace/trace_batch.hpp"
#include "libp2p/base/time_point.hpp"

#include <any>
#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace grapevine {

/// What the message cache actor does, a member per message: it calls
/// `gossip::message_cache`, and turns its effects into messages to actors.
///
/// Its members are in `message_cache.cpp`, those about effects in
/// `message_cache_effects.cpp` and `message_cache_trace.cpp`, about subscribers
/// on this node in `message_cache_subscribers.cpp`, about numbers in
/// `message_cache_counts.cpp`.
class message_cache_state {
public:
  message_cache_state(message_cache_actor::pointer self, context_ptr ctx,
                      mesh_manager_actor mesh,
                      std::vector<validator_actor> validators);
  message_cache_state(const message_cache_state&) = delete;
  message_cache_state& operator=(const message_cache_state&) = delete;

  // -- peers ------------------------------------------------------------------

  void joined(const peer_joined& msg);
  void left(const peer_left& msg);
  void direct(const set_direct& msg);
  void block(const block_peer& msg);

  // -- messages ---------------------------------------------------------------

  void receive(const messages_received& msg);
  void decide(verdicts_reached& msg);
  /// False if it was published before. The way to peers is `route_own`.
  bool publish(const gossip::message_ptr& msg, std::any value);
  route_batch publish(publish_own_batch& msg);
  void bound(const bound_validation& msg);
  void subscribers(const set_subscribers& msg);
  void request(const request_messages& msg);
  void send_waiting(const subscriber_has_room& msg);

  // -- gossip -----------------------------------------------------------------

  void iwant(const iwant_received& msg);
  void ihave(const ihave_received& msg);
  void asked(const iwant_sent& msg);
  /// Without topics it is our own word that more peers are to be told.
  void gossip(const emit_gossip& msg);
  void shift();
  void sweep();

  void delivery_window(const set_delivery_window& msg);
  cache_snapshot snapshot() const;
  void tell_counts(const grapevine::tell_counts& msg);

private:
  struct local_subscriber {
    topic_subscriber who;
    subscription flow;
  };

  // What is wanted of a topic on this node, and counted of it.
  struct wanted_topic {
    std::vector<local_subscriber> subscribers;
    // Since it was last told.
    topic_counts counts;
  };

  gossip::message_cache_options cache_options() const;
  bool sound(const gossip::message& msg) const;
  bool take(const libp2p::peer_id& from, const gossip::message_ptr& msg,
            time_point at);
  // Null if nobody here wants the topic.
  wanted_topic* find_wanted(std::string_view topic);
  // Adds to one of the topic's counters.
  void count(std::string_view topic, std::uint64_t topic_counts::*what);

  // What one peer is told by a heartbeat.
  struct gossip_for {
    peer_actor peer;
    send_gossip what;
  };
  std::vector<gossip_for> gossip_of(const emit_gossip& msg);
  void tell_gossip(std::size_t most);
  void tell_gossip_on();

  // Effects (message_cache_effects.cpp).
  void carry_out();
  void apply(gossip::validate_message& e);
  void apply(gossip::deliver_message& e);
  void apply(const gossip::duplicate_message& e);
  void apply(const gossip::rejected_message& e);
  void apply(const gossip::ignored_message& e);
  void apply(const gossip::throttled_message& e);
  void apply(const gossip::release_credit& e);
  void apply(const gossip::promise_counted& e);
  void announce(const gossip::message_ptr& msg, const libp2p::peer_id& source);
  void deliver(wanted_topic& topic, const gossip::message_ptr& msg,
               const libp2p::peer_id& source, const std::any& value);
  void flush();

  // Subscribers (message_cache_subscribers.cpp).
  local_subscriber* find_subscriber(const std::string& topic,
                                    const caf::actor_addr& who);
  local_subscriber make_subscriber(const std::string& topic,
                                   const topic_subscriber& who);
  void send(const caf::actor& to, bool batches);
  void missed(wanted_topic& topic, const gossip::message_ptr& msg,
              const caf::actor& subscriber);
  void log_missed();
  void send_to_validators();
  void send_by_author();
  void validate(std::size_t validator,
                std::vector<gossip::validate_message> tasks);
  void flush_report();
  void log_rejections();
  void log_early();

  // Tracing (message_cache_trace.cpp).
  void trace();
  void trace_published(const gossip::message& msg);

  using wanted_map = libp2p::keyed_string_map<wanted_topic>;

  message_cache_actor::pointer self_;
  context_ptr ctx_;
  mesh_manager_actor mesh_;
  std::vector<validator_actor> validators_;
  std::size_t next_validator_ = 0;
  // Topics whose messages validators judge, and whether those of all are.
  std::set<std::string, std::less<>> judged_;
  bool all_judged_ = false;
  gossip::message_cache cache_;
  gossip::rng rng_;
  std::unordered_map<libp2p::peer_id, peer_actor> peers_;
  wanted_map wanted_;
  wanted_map::iterator last_wanted_ = wanted_.end();
  // Peers that this heartbeat has still to tell, how many at once, and whether
  // a message to ourselves is on its way, after which some are told.
  gossip::fifo<gossip_for> gossip_waits_;
  std::size_t gossip_step_ = 0;
  bool gossip_later_ = false;
  gossip::trace_batch trace_{ctx_->trace};
  cache_snapshot counters_;
  std::uint64_t published_ = 0;
  rejection_counts rejected_;
  counter_watch forgotten_;
  counter_watch dropped_;
  duration_histogram validation_;
  // Of topics that this node only publishes to, and of those that are wanted no
  // longer; since they were last told.
  libp2p::keyed_string_map<topic_counts> fanout_;
  topic_counts gone_;
  // For scores: told in batches, at once only if it is urgent.
  delivery_report report_;
  bool report_urgent_ = false;
  // Who sent what is rejected for which reason.
  repeat_log<std::pair<libp2p::peer_id, gossip::reject_reason>> rejections_;
  // Which subscriber missed messages of which topic.
  repeat_log<std::pair<std::string, caf::actor_addr>> slow_;
  // Of one turn; kept for their memory.
  gossip::message_effects effects_;
  std::chrono::system_clock::time_point delivered_at_;
  std::unordered_map<caf::actor, messages_delivered> to_deliver_;
  std::vector<message_delivered> to_send_;
  std::vector<gossip::validate_message> to_validate_;
  std::vector<routed_message> to_route_;
  std::vector<routed_message> to_announce_;
  std::unordered_map<libp2p::peer_id, return_credit> credit_;
};

} // namespace grapevine
