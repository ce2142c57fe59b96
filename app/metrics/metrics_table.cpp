#include "app/metrics/metrics_table.hpp"

#include "app/metrics/metrics_readers.hpp"

// One row for each metric. Names are those of other implementations and of the
// draft of a specification (libp2p/specs, pull request 695) where they have one
// for the same thing; `grapevine_` begins those that only this node has. The
// draft's gauges, which end in _total, are left out: that is a counter's
// ending.

namespace grapevine::app {

namespace {

using enum metric_type;
using namespace readers;

constexpr auto of_mesh = &metrics_snapshot::mesh;
constexpr auto of_cache = &metrics_snapshot::cache;
constexpr auto of_peers = &metrics_snapshot::peers;

constexpr metric_row rows[] = {
    // -- peers and topics
    {"libp2p_peers", gauge, "", "Connected peers", connected},
    {"grapevine_peers", gauge, "direction",
     "Connected peers, by who has dialled", connected_by_direction},
    {"libp2p_pubsub_peers", gauge, "", "Peers that speak pubsub",
     number<of_mesh, &mesh_totals::pubsub_peers>},
    {"grapevine_peers_without_gossip", gauge, "",
     "Peers whose score is too low for gossip",
     number<of_mesh, &mesh_totals::without_gossip>},
    {"grapevine_peers_graylisted", gauge, "",
     "Peers whose score is so low that nothing of them is accepted",
     number<of_mesh, &mesh_totals::graylisted>},
    {"libp2p_pubsub_topics", gauge, "",
     "Topics that this node is subscribed to", topics},
    {"libp2p_gossipsub_peers_per_topic_mesh", gauge, "topic",
     "Peers in this node's mesh of the topic", peers<&topic_peers::mesh>},
    {"libp2p_gossipsub_peers_per_topic_fanout", gauge, "topic",
     "Peers that get what this node publishes to a topic that it is not "
     "subscribed to",
     peers<&topic_peers::fanout>},
    {"libp2p_gossipsub_peers_per_topic_gossipsub", gauge, "topic",
     "Peers that are subscribed to the topic", peers<&topic_peers::peers>},
    {"libp2p_gossipsub_no_peers_topics", gauge, "",
     "Topics of this node without a peer in the mesh", topics_without_peers},
    {"libp2p_gossipsub_low_peers_topics", gauge, "",
     "Topics of this node with too few peers in the mesh, though there are "
     "more",
     topics_with_few_peers},
    {"libp2p_gossipsub_healthy_peers_topics", gauge, "",
     "Topics of this node with enough peers in the mesh, or all there are",
     healthy_topics},

    // -- messages of each topic
    {"gossipsub_message_received_total", counter, "topic, validation_result",
     "Messages of peers, by what became of them", validation_results},
    {"gossipsub_message_delivered_total", counter, "topic",
     "Messages given to subscribers on this node",
     count<&topic_counts::delivered>},
    {"grapevine_subscriber_missed_total", counter, "topic",
     "Messages dropped, as a subscriber on this node was too slow",
     count<&topic_counts::missed>},
    {"gossipsub_message_rejected_total", counter, "topic",
     "Messages of peers that were rejected", count<&topic_counts::rejected>},
    {"gossipsub_message_duplicate_total", counter, "topic",
     "Further copies of messages", count<&topic_counts::duplicates>},
    {"gossipsub_message_published_total", counter, "topic",
     "Messages that this node has published", count<&topic_counts::published>},
    {"gossipsub_topic_msg_recv_counts_unfiltered_total", counter, "topic",
     "Messages that came, with all copies", count<&topic_counts::received>},
    {"gossipsub_topic_msg_recv_counts_total", counter, "topic",
     "Messages that came, without further copies", count<&topic_counts::fresh>},
    {"gossipsub_topic_msg_recv_bytes_total", counter, "topic",
     "Bytes of the messages that came, with all copies",
     count<&topic_counts::received_bytes>},
    {"gossipsub_topic_msg_published_total", counter, "topic",
     "Messages that this node has published", count<&topic_counts::published>},
    {"gossipsub_peer_graft_total", counter, "topic", "GRAFTs sent",
     count<&topic_counts::grafts>},
    {"gossipsub_peer_prune_total", counter, "topic", "PRUNEs sent",
     count<&topic_counts::prunes>},

    // -- all messages
    {"grapevine_messages_accepted_total", counter, "",
     "Messages of peers that were found good",
     number<of_cache, &cache_totals::accepted>},
    {"grapevine_messages_published_total", counter, "",
     "Messages that this node has published",
     number<of_cache, &cache_totals::published>},
    {"grapevine_messages_duplicate_total", counter, "",
     "Further copies of messages", number<of_cache, &cache_totals::duplicates>},
    {"grapevine_messages_rejected_total", counter, "reason",
     "Messages that were rejected", rejections},
    {"grapevine_messages_ignored_total", counter, "",
     "Messages that were neither accepted nor rejected",
     number<of_cache, &cache_totals::ignored>},
    {"grapevine_messages_throttled_total", counter, "",
     "Messages dropped, as too many were under validation",
     number<of_cache, &cache_totals::throttled>},
    {"grapevine_messages_gated_total", counter, "",
     "Messages dropped, as the sender's address has sent too many bad ones",
     number<of_cache, &cache_totals::gated>},
    {"grapevine_broken_promises_total", counter, "",
     "Messages that peers have offered and not sent in time",
     number<of_cache, &cache_totals::broken_promises>},
    {"grapevine_messages_validating", gauge, "", "Messages under validation",
     number<of_cache, &cache_totals::validating>},
    {"grapevine_messages_seen", gauge, "",
     "Messages whose ids are kept to know further copies",
     number<of_cache, &cache_totals::seen>},
    {"grapevine_messages_seen_max", gauge, "", "So many at most (max-seen-ids)",
     number<of_cache, &cache_totals::max_seen>},
    {"grapevine_messages_forgotten_early_total", counter, "",
     "Messages whose ids were forgotten before seen-ttl was over",
     number<of_cache, &cache_totals::forgotten_early>},
    {"grapevine_messages_dropped_early_total", counter, "",
     "Messages that peers could ask for less long than history-length says",
     number<of_cache, &cache_totals::dropped_early>},
    {"grapevine_validation_duration_seconds", histogram, "",
     "From a message's arrival to the verdict of its validation",
     number<of_cache, &cache_totals::validation>},

    // -- what goes and comes
    {"gossipsub_rpc_received_total", counter, "message_type",
     "What came in RPCs", rpcs_in},
    {"gossipsub_rpc_sent_total", counter, "message_type", "What went in RPCs",
     rpcs_out},
    {"grapevine_received_bytes_total", counter, "",
     "Bytes received on connections of peers",
     number<of_peers, &peer_totals::bytes_in>},
    {"grapevine_sent_bytes_total", counter, "",
     "Bytes sent on connections of peers",
     number<of_peers, &peer_totals::bytes_out>},
    {"grapevine_queue_items", gauge, "lane",
     "Messages, ids or control entries that wait for peers",
     queued<&gossip::lane_size::items>},
    {"grapevine_queue_bytes", gauge, "lane", "Bytes that wait for peers",
     queued<&gossip::lane_size::bytes>},
    {"grapevine_queue_dropped_total", counter, "lane",
     "Messages, ids or control entries dropped, as too much waited for the "
     "peer or for all",
     dropped},

    // -- connections
    {"libp2p_swarm_connections_opened_total", counter, "dir",
     "Connections whose other side has proven who it is", opened},
    {"grapevine_handshakes_total", counter, "direction",
     "Connections whose other side has proven who it is", handshakes},
    {"grapevine_handshake_failures_total", counter, "direction, cause",
     "Connections that did not come about", handshake_failures},
    {"grapevine_connections_refused_total", counter, "cause",
     "Connections that were refused", refusals},

    // -- how the node is
    {"gossipsub_heartbeat_duration_seconds", histogram, "",
     "How long a heartbeat takes",
     number<of_mesh, &mesh_totals::heartbeat_duration>},
    {"grapevine_heartbeat_lateness_seconds", histogram, "",
     "How much later than due a heartbeat begins", heartbeat_lateness},
    {"grapevine_mailbox_lag_seconds", histogram, "actor",
     "How long the question for these numbers lay in the mailboxes of actors",
     mailbox_lag},
    {"grapevine_late_actors", gauge, "",
     "Actors that have not told these numbers in time: theirs are older",
     late_actors},
    {"grapevine_memory_used_bytes", gauge, "budget",
     "Memory that all peers have of the node's budgets together",
     budgets<&node_totals::queued_bytes, &node_totals::unfinished_bytes>},
    {"grapevine_memory_budget_bytes", gauge, "budget",
     "Memory that all peers may have together",
     budgets<&node_totals::max_queued_bytes,
             &node_totals::max_unfinished_bytes>},
    {"grapevine_build_info", gauge, "version", "1, for the version", build},

    // -- the process, by the names that all programs have
    {"process_resident_memory_bytes", gauge, "", "Resident memory",
     process<&process_numbers::resident_bytes>},
    {"process_virtual_memory_bytes", gauge, "", "Virtual memory",
     process<&process_numbers::virtual_bytes>},
    {"process_cpu_seconds_total", counter, "", "CPU time, user and system",
     process<&process_numbers::cpu_seconds>},
    {"process_start_time_seconds", gauge, "",
     "When it was started, in seconds since 1970",
     process<&process_numbers::start_seconds>},
    {"process_threads", gauge, "", "Threads",
     process<&process_numbers::threads>},
    {"process_open_fds", gauge, "", "Open file descriptors",
     process<&process_numbers::open_files>},
    {"process_max_fds", gauge, "", "File descriptors that it may open",
     process<&process_numbers::max_files>},
};

} // namespace

std::span<const metric_row> metrics_table() {
  return rows;
}

} // namespace grapevine::app
