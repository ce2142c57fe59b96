#pragma once

#include "app/metrics/exposition.hpp"
#include "app/metrics/metrics_table.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

/// How the table's metrics are read.
namespace grapevine::app::readers {

// The values of labels, in the order of the enums they stand for.
using names = std::span<const std::string_view>;

inline constexpr std::array<std::string_view, refusal_counts::size>
    refusal_names{"network",   "address_handshakes", "address_rate",
                  "displaced", "descriptors",        "stopping",
                  "blocked",   "not_allowed",        "full",
                  "reserved",  "address_peers"};

inline constexpr std::array<std::string_view, rejection_counts::size>
    rejection_names{"missing_signature", "bad_signature",
                    "bad_author",        "bad_seqno",
                    "bad_key",           "missing_key",
                    "unexpected_author", "unexpected_signature",
                    "validator",         "rejected_before",
                    "blacklisted_peer",  "blacklisted_author"};

inline constexpr std::array<std::string_view, gossip::lane_count> lane_names{
    "idontwant", "control", "payload", "partial", "gossip", "answer"};

inline constexpr std::array<std::string_view, rpc_counts::size> rpc_names{
    "publish", "subscribe", "unsubscribe", "graft",
    "prune",   "ihave",     "iwant",       "idontwant"};

inline constexpr std::array<std::string_view, actor_kinds> actor_names{
    "node",      "mesh_manager", "message_cache", "validator",
    "heartbeat", "listener",     "peer"};

// A counter for each value of a label.
template <class Counts>
void by(exposition& to, std::string_view label, names values,
        const Counts& counts) {
  for (std::size_t i = 0; i < values.size(); ++i)
    to.sample({{label, values[i]}},
              counts[static_cast<typename Counts::key>(i)]);
}

// A topic's number, for each of them.
template <class Read>
void by_topic(const metrics_source& from, exposition& to, Read read) {
  for (const auto& one : from.node.topics)
    to.sample({{"topic", one.topic}}, static_cast<std::uint64_t>(read(one)));
}

template <std::uint64_t topic_counts::*What>
void count(const metrics_source& from, exposition& to) {
  by_topic(from, to, [](const topic_metrics& one) { return one.counts.*What; });
}

template <std::size_t topic_peers::*What>
void peers(const metrics_source& from, exposition& to) {
  by_topic(from, to, [](const topic_metrics& one) { return one.peers.*What; });
}

// How many topics of this node are so.
template <class Is>
void topics_that(const metrics_source& from, exposition& to, Is is) {
  to.sample({}, static_cast<std::uint64_t>(std::ranges::count_if(
                    from.node.topics, [&](const topic_metrics& one) {
                      return one.peers.subscribed && is(one.peers);
                    })));
}

inline void handshake_failures(const metrics_source& from, exposition& to) {
  const auto each = [&](std::string_view direction,
                        const handshake_failure_counts& counts) {
    // `none` is not one.
    for (std::size_t i = 1; i < handshake_failure_counts::size; ++i) {
      const auto cause = static_cast<handshake_failure>(i);
      to.sample({{"direction", direction}, {"cause", to_string(cause)}},
                counts[cause]);
    }
  };
  each("inbound", from.node.host.failed);
  each("outbound", from.node.node.failed);
}

// A number of one part of a node.
template <auto Part, auto What>
void number(const metrics_source& from, exposition& to) {
  const auto& value = from.node.*Part.*What;
  if constexpr (std::is_same_v<decltype(value), const duration_histogram&>)
    to.sample({}, value);
  else
    to.sample({}, std::uint64_t{value});
}

template <auto What>
void process(const metrics_source& from, exposition& to) {
  to.sample({}, from.process.*What);
}

inline void directions(exposition& to, std::string_view label, std::uint64_t in,
                       std::uint64_t out) {
  to.sample({{label, "inbound"}}, in);
  to.sample({{label, "outbound"}}, out);
}

inline void connected(const metrics_source& from, exposition& to) {
  const auto& node = from.node.node;
  to.sample({}, std::uint64_t{node.inbound_peers + node.outbound_peers});
}

inline void connected_by_direction(const metrics_source& from, exposition& to) {
  directions(to, "direction", from.node.node.inbound_peers,
             from.node.node.outbound_peers);
}

inline void opened(const metrics_source& from, exposition& to) {
  directions(to, "dir", from.node.node.handshakes_in,
             from.node.node.handshakes_out);
}

inline void handshakes(const metrics_source& from, exposition& to) {
  directions(to, "direction", from.node.node.handshakes_in,
             from.node.node.handshakes_out);
}

inline void topics(const metrics_source& from, exposition& to) {
  topics_that(from, to, [](const topic_peers&) { return true; });
}

inline void topics_without_peers(const metrics_source& from, exposition& to) {
  topics_that(from, to, [](const topic_peers& one) { return one.mesh == 0; });
}

inline void topics_with_few_peers(const metrics_source& from, exposition& to) {
  topics_that(from, to, [](const topic_peers& one) {
    return one.mesh > 0 && !one.healthy;
  });
}

inline void healthy_topics(const metrics_source& from, exposition& to) {
  topics_that(from, to, [](const topic_peers& one) {
    return one.mesh > 0 && one.healthy;
  });
}

inline void rejections(const metrics_source& from, exposition& to) {
  by(to, "reason", rejection_names, from.node.cache.rejected);
}

inline void validation_results(const metrics_source& from, exposition& to) {
  for (const auto& one : from.node.topics) {
    const auto result = [&](std::string_view what, std::uint64_t count) {
      to.sample({{"topic", one.topic}, {"validation_result", what}}, count);
    };
    result("accept", one.counts.accepted);
    result("ignore", one.counts.ignored);
    result("reject", one.counts.rejected);
  }
}

inline void rpcs_in(const metrics_source& from, exposition& to) {
  by(to, "message_type", rpc_names, from.node.peers.rpc_in);
}

inline void rpcs_out(const metrics_source& from, exposition& to) {
  by(to, "message_type", rpc_names, from.node.peers.rpc_out);
}

inline void dropped(const metrics_source& from, exposition& to) {
  by(to, "lane", lane_names, from.node.peers.dropped);
}

template <std::size_t gossip::lane_size::*What>
void queued(const metrics_source& from, exposition& to) {
  for (std::size_t i = 0; i < lane_names.size(); ++i)
    to.sample({{"lane", lane_names[i]}},
              std::uint64_t{from.node.queued[i].*What});
}

inline void refusals(const metrics_source& from, exposition& to) {
  auto all = from.node.host.refused;
  all += from.node.node.refused;
  by(to, "cause", refusal_names, all);
}

inline void mailbox_lag(const metrics_source& from, exposition& to) {
  for (std::size_t i = 0; i < actor_names.size(); ++i)
    to.sample({{"actor", actor_names[i]}}, from.node.mailbox_lag[i]);
}

inline void late_actors(const metrics_source& from, exposition& to) {
  to.sample({}, std::uint64_t{from.node.late});
}

inline void heartbeat_lateness(const metrics_source& from, exposition& to) {
  to.sample({}, from.node.heartbeat_late);
}

template <std::size_t node_totals::*Queued,
          std::size_t node_totals::*Unfinished>
void budgets(const metrics_source& from, exposition& to) {
  to.sample({{"budget", "queued"}}, std::uint64_t{from.node.node.*Queued});
  to.sample({{"budget", "unfinished"}},
            std::uint64_t{from.node.node.*Unfinished});
}

inline void build(const metrics_source& /*from*/, exposition& to) {
  to.sample({{"version", GRAPEVINE_VERSION}}, std::uint64_t{1});
}

} // namespace grapevine::app::readers
