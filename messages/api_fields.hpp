#pragma once

#include "libp2p/identity/keys.hpp"
#include "messages/api.hpp"
#include "messages/packing.hpp"

#include <chrono>
#include <memory>
#include <type_traits>

// What of each type of messages/api.hpp leaves the process. A new field belongs
// here, too, unless it stays in the process.

namespace grapevine {

namespace packing {

template <>
inline constexpr auto last_of<overflow> = overflow::drop_oldest;
template <>
inline constexpr auto last_of<gossip::verdict_kind> =
    gossip::verdict_kind::ignore;
template <>
inline constexpr auto last_of<node_event::kind> = node_event::kind::pruned;

namespace detail {

// There is a function or a key that stays in the process: what is refused must
// not look as if there was none.
inline const std::shared_ptr<const libp2p::private_key>& some_key() {
  static const auto key = std::make_shared<const libp2p::private_key>(
      libp2p::private_key::generate());
  return key;
}

template <class T>
inline constexpr bool is_read = !std::is_const_v<std::remove_reference_t<T>>;

} // namespace detail

#define GRAPEVINE_FIELDS(type, ...)                                            \
  template <>                                                                  \
  struct fields_of<type> {                                                     \
    static void each([[maybe_unused]] auto&& f, [[maybe_unused]] auto& x) {    \
      f(__VA_ARGS__);                                                          \
    }                                                                          \
  };

// -- what they are made of ----------------------------------------------------

GRAPEVINE_FIELDS(delivery_options, x.max_messages, x.max_bytes, x.when_full,
                 x.on_request, x.own_messages)
GRAPEVINE_FIELDS(connected_peer, x.peer, x.address, x.outbound)
GRAPEVINE_FIELDS(peer_details, x.agent, x.protocol, x.round_trip,
                 x.queued_messages, x.queued_bytes, x.dropped)
GRAPEVINE_FIELDS(inspected_peer, x.peer, x.details)
GRAPEVINE_FIELDS(kept_address, x.address, x.connected, x.failures, x.trouble)
GRAPEVINE_FIELDS(topic_state_snapshot, x.topic, x.subscribed, x.outbound,
                 x.healthy, x.mesh, x.fanout, x.peers)
GRAPEVINE_FIELDS(mesh_snapshot, x.topics, x.peers)
GRAPEVINE_FIELDS(cache_snapshot, x.delivered, x.duplicates, x.rejected,
                 x.ignored, x.throttled, x.gated, x.broken_promises,
                 x.validating, x.seen, x.forgotten_early, x.dropped_early)
GRAPEVINE_FIELDS(gossip::topic_score_snapshot, x.topic, x.in_mesh,
                 x.time_in_mesh, x.first_deliveries, x.mesh_deliveries,
                 x.mesh_failures, x.invalid_messages, x.score)
GRAPEVINE_FIELDS(gossip::score_snapshot, x.score, x.topics, x.topic_score,
                 x.application, x.colocation, x.behaviour, x.slow_peer)
GRAPEVINE_FIELDS(scored_peer, x.peer, x.score)
GRAPEVINE_FIELDS(gossip::time_in_mesh_parameters, x.weight, x.quantum, x.cap)
GRAPEVINE_FIELDS(gossip::first_delivery_parameters, x.weight, x.decay, x.cap)
GRAPEVINE_FIELDS(gossip::mesh_delivery_parameters, x.weight, x.decay, x.cap,
                 x.threshold, x.window, x.activation)
GRAPEVINE_FIELDS(gossip::mesh_failure_parameters, x.weight, x.decay)
GRAPEVINE_FIELDS(gossip::invalid_message_parameters, x.weight, x.decay)
GRAPEVINE_FIELDS(gossip::topic_score_parameters, x.weight, x.time_in_mesh,
                 x.first_deliveries, x.mesh_deliveries, x.mesh_failures,
                 x.invalid_messages)
GRAPEVINE_FIELDS(topic_counts, x.received, x.received_bytes, x.fresh,
                 x.accepted, x.rejected, x.ignored, x.throttled, x.duplicates,
                 x.published, x.delivered, x.missed, x.grafts, x.prunes)
GRAPEVINE_FIELDS(topic_peers, x.subscribed, x.healthy, x.mesh, x.fanout,
                 x.peers)
GRAPEVINE_FIELDS(topic_metrics, x.topic, x.peers, x.counts)
GRAPEVINE_FIELDS(peer_totals, x.bytes_in, x.bytes_out, x.dropped, x.rpc_in,
                 x.rpc_out)
GRAPEVINE_FIELDS(node_totals, x.inbound_peers, x.outbound_peers,
                 x.handshakes_in, x.handshakes_out, x.failed, x.refused,
                 x.queued_bytes, x.max_queued_bytes, x.unfinished_bytes,
                 x.max_unfinished_bytes)
GRAPEVINE_FIELDS(mesh_totals, x.pubsub_peers, x.without_gossip, x.graylisted,
                 x.heartbeat_duration)
GRAPEVINE_FIELDS(cache_totals, x.published, x.accepted, x.duplicates,
                 x.rejected, x.ignored, x.throttled, x.gated, x.broken_promises,
                 x.validation, x.validating, x.seen, x.max_seen,
                 x.forgotten_early, x.dropped_early)
GRAPEVINE_FIELDS(counts_answer, x.round, x.lag)
GRAPEVINE_FIELDS(host_counts, x.answer, x.refused, x.failed)
GRAPEVINE_FIELDS(gossip::lane_size, x.items, x.bytes)

// All of its counters.
template <auto Last>
struct fields_of<counts_by<Last>> {
  static void each(auto&& f, auto& x) {
    using key = typename counts_by<Last>::key;
    for (std::size_t i = 0; i < counts_by<Last>::size; ++i)
      f(x[static_cast<key>(i)]);
  }
};
GRAPEVINE_FIELDS(duration_histogram, x.counts_, x.sum_)

// -- life and settings --------------------------------------------------------

GRAPEVINE_FIELDS(start_node)
GRAPEVINE_FIELDS(node_started, x.addresses)
GRAPEVINE_FIELDS(stop_node, x.deadline)
GRAPEVINE_FIELDS(node_stopped)
GRAPEVINE_FIELDS(changed)

// -- topics and messages ------------------------------------------------------

GRAPEVINE_FIELDS(subscribe_topic, x.topic, x.batches, x.delivery)
GRAPEVINE_FIELDS(request_messages, x.topic, x.count)
GRAPEVINE_FIELDS(unsubscribe_topic, x.topic)
GRAPEVINE_FIELDS(message_delivered, x.msg, x.source, x.received, x.missed)
GRAPEVINE_FIELDS(messages_delivered, x.msgs)
GRAPEVINE_FIELDS(relay_topic, x.topic, x.relay)
GRAPEVINE_FIELDS(publish_receipt, x.id, x.peers, x.duplicate)
GRAPEVINE_FIELDS(batch_receipt, x.receipts, x.room)
GRAPEVINE_FIELDS(await_peers, x.topic, x.count, x.timeout)
GRAPEVINE_FIELDS(peers_ready, x.count)
GRAPEVINE_FIELDS(judge_message, x.msg, x.source)
GRAPEVINE_FIELDS(judgement, x.verdict)

// -- peers and scores ---------------------------------------------------------

GRAPEVINE_FIELDS(connect_peer, x.address)
GRAPEVINE_FIELDS(peer_connected, x.peer)
GRAPEVINE_FIELDS(keep_connected, x.address)
GRAPEVINE_FIELDS(disconnect_from, x.peer)
GRAPEVINE_FIELDS(set_direct_peer, x.address, x.direct)
GRAPEVINE_FIELDS(block_peer, x.peer, x.blocked)
GRAPEVINE_FIELDS(allow_peer, x.peer, x.allowed)
GRAPEVINE_FIELDS(set_application_score, x.peer, x.score)
GRAPEVINE_FIELDS(set_topic_score, x.topic, x.parameters)
GRAPEVINE_FIELDS(inspect_scores)
GRAPEVINE_FIELDS(scores_snapshot, x.peers)

// -- partial messages, events, snapshots --------------------------------------

GRAPEVINE_FIELDS(publish_partial, x.topic, x.group, x.parts, x.metadata)
GRAPEVINE_FIELDS(partial_delivered, x.from, x.topic, x.group, x.parts,
                 x.metadata, x.missed)
GRAPEVINE_FIELDS(watch_node, x.only_news)
GRAPEVINE_FIELDS(unwatch_node)
GRAPEVINE_FIELDS(node_event, x.what, x.peer, x.topic, x.missed)
GRAPEVINE_FIELDS(inspect_node)
GRAPEVINE_FIELDS(node_snapshot, x.self, x.addresses, x.listening, x.peers,
                 x.kept, x.mesh, x.cache, x.queued_bytes, x.unfinished_bytes,
                 x.dropped)
GRAPEVINE_FIELDS(inspect_peers)
GRAPEVINE_FIELDS(peers_snapshot, x.peers)
GRAPEVINE_FIELDS(inspect_metrics)
GRAPEVINE_FIELDS(metrics_snapshot, x.node, x.host, x.peers, x.queued, x.mesh,
                 x.cache, x.heartbeat_late, x.mailbox_lag, x.topics, x.other,
                 x.late)

#undef GRAPEVINE_FIELDS

// -- what stays in the process ------------------------------------------------

template <>
struct fields_of<publish_message> {
  static void each(auto&& f, auto& x) {
    bool key = x.key != nullptr;
    f(x.topic, x.data, x.min_peers, x.patience, key);
    if constexpr (detail::is_read<decltype(x)>)
      x.key = key ? detail::some_key() : nullptr;
  }
};

template <>
struct fields_of<publish_batch> {
  static void each(auto&& f, auto& x) {
    bool key = x.key != nullptr;
    f(x.topic, x.data, key);
    if constexpr (detail::is_read<decltype(x)>)
      x.key = key ? detail::some_key() : nullptr;
  }
};

template <>
struct fields_of<topic_validation> {
  static void each(auto&& f, auto& x) {
    bool functions = !x.functions.empty();
    f(functions, x.timeout, x.max_messages, x.max_size);
    // An empty one, which nobody takes.
    if constexpr (detail::is_read<decltype(x)>)
      x.functions.assign(functions ? 1 : 0, judge_function{});
  }
};

template <>
struct fields_of<set_validation> {
  static void each(auto&& f, auto& x) { f(x.topic, x.validation); }
};

// A topic's rules are code.
template <>
struct fields_of<set_partial_topic> {
  static void each(auto&& f, auto& x) { f(x.topic, x.how.requests); }
};

// Nobody else changes a node's settings: it arrives as what no node takes.
template <>
struct fields_of<change_settings> {
  static void each(auto&& f, auto& x) {
    f();
    if constexpr (detail::is_read<decltype(x)>)
      x.settings.score.decay_interval = std::chrono::nanoseconds::zero();
  }
};

// -- what there must be -------------------------------------------------------

template <>
inline bool is_sound(const message_delivered& x) {
  return x.msg != nullptr;
}

template <>
inline bool is_sound(const messages_delivered& x) {
  return !x.msgs.empty();
}

template <>
inline bool is_sound(const judge_message& x) {
  return x.msg != nullptr;
}

} // namespace packing

} // namespace grapevine
