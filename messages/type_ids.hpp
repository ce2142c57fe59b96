#pragma once

#include "messages/api_inspect.hpp"
#include "messages/caf_compat.hpp"

#include <cstdint>

// Every type that actors send each other, named once. Only those of
// messages/api.hpp leave the process.

namespace grapevine {

enum class node_errc : std::uint8_t;
enum class handshake_failure : std::uint8_t;

// reactor.hpp
struct socket_ready;
struct assign_socket;
struct forget_socket;
struct poll_sockets;
struct stop_reactor;

// resolver.hpp
struct resolve_address;
struct address_resolved;
struct resolver_due;

// transport.hpp
struct connection_established;
struct dial_failed;
struct listener_failed;
struct attempt_timeout;
struct resume_accepting;
struct use_networks;
struct close_transport;

// interfaces.hpp
struct interfaces_changed;
struct interfaces_settled;

// mdns.hpp
struct use_lan;
struct mdns_due;
struct peers_found;

// links.hpp
struct adopt_connection;
struct use_addresses;
struct flush_output;
struct peer_tick;
struct disconnect_peer;
struct stop_peer;
struct peer_lost;

// peer.hpp
struct send_answers;
struct send_messages;
struct send_run;
struct send_partial;
struct send_control;
struct send_gossip;
struct send_hello;
struct set_standing;
struct return_credit;
struct inspect_peer;

// message_cache.hpp
struct peer_joined;
struct peer_moved;
struct peer_left;
struct messages_received;
struct verdicts_reached;
struct iwant_received;
struct ihave_received;
struct iwant_sent;
struct block_peer;
struct set_delivery_window;
struct emit_gossip;
struct shift_window;
struct sweep_cache;
struct publish_own;
struct publish_receipt;
struct publish_own_batch;
struct batch_receipt;
struct set_direct;
struct bound_validation;
struct set_subscribers;
struct message_delivered;
struct messages_delivered;
struct inspect_cache;
struct cache_snapshot;

// events.hpp
struct node_event;
struct node_events;
struct observe_events;
struct connect_offered;

// tracer.hpp
struct trace_events;
struct flush_trace;

// mesh_manager.hpp
struct meet_partners;
struct hello_wanted;
struct control_received;
struct delivery_report;
struct misbehaved;
struct partial_usable;
struct partial_received;
struct set_partial_topic;
struct publish_partial;
struct partial_delivered;
struct reads_slowly;
struct announce_messages;
struct record_learned;
struct inspect_addresses;
struct signed_addresses;
struct set_application_score;
struct set_topic_score;
struct use_scoring;
struct inspect_scores;
struct scores_snapshot;
struct changed;
struct route_messages;
struct route_own;
struct route_batch;
struct join_topic;
struct leave_topic;
struct heartbeat_tick;
struct await_peers;
struct peers_ready;
struct await_expired;
struct leave_all;
struct all_left;
struct inspect_mesh;
struct mesh_snapshot;

// peer_store.hpp
struct remember_peers;
struct remember_bans;
struct recall_peers;
struct recalled_peers;
struct close_store;
struct store_peers;
struct collect_peers;
struct look_for_peers;

// validator.hpp
struct validate_messages;
struct judge_message;
struct judgement;
struct use_validation;
struct judge_own;
struct own_accepted;
struct judges_due;

// heartbeat.hpp
struct beat;
struct stop_heartbeat;

// host_counts.hpp, metrics.hpp, counts.hpp
struct host_counts;
struct tell_host_counts;
struct inspect_metrics;
struct metrics_snapshot;
struct peer_counts;
struct mesh_counts;
struct cache_counts;
struct heartbeat_counts;
struct validator_counts;
struct node_counts;
struct tell_counts;
struct collect_metrics;
struct ask_more;
struct collect_expired;

// node.hpp
struct start_node;
struct change_settings;
struct node_started;
struct publish_message;
struct publish_batch;
struct relay_topic;
struct set_direct_peer;
struct allow_peer;
struct set_validation;
struct subscribe_topic;
struct unsubscribe_topic;
struct request_messages;
struct subscriber_has_room;
struct connect_peer;
struct peer_connected;
struct keep_connected;
struct redial_peer;
struct disconnect_from;
struct inspect_node;
struct node_snapshot;
struct inspect_peers;
struct peer_details;
struct peers_snapshot;
struct watch_node;
struct unwatch_node;
struct stop_node;
struct stop_expired;
struct reopen_listener;
struct names_due;
struct trim_peers;
struct node_stopped;

} // namespace grapevine

/// Where Grapevine's numbers of types begin. CAF tells applications to begin at
/// `first_custom_type_id` (200), and the numbers of one process must differ: so
/// ours begin above what applications use. Set when Grapevine is built, by the
/// option of this name; all nodes and applications that talk by CAF's own
/// network use the same.
#ifndef GRAPEVINE_FIRST_TYPE_ID
#define GRAPEVINE_FIRST_TYPE_ID 2000
#endif

CAF_BEGIN_TYPE_ID_BLOCK(grapevine, GRAPEVINE_FIRST_TYPE_ID)

// The application's messages, which can go to other processes. They come first,
// so that no other message changes their numbers.
#define GRAPEVINE_API_MESSAGES(each)                                           \
  each(start_node) each(node_started) each(stop_node) each(node_stopped) each( \
      changed) each(change_settings) each(subscribe_topic)                     \
      each(request_messages) each(unsubscribe_topic) each(                     \
          message_delivered) each(messages_delivered) each(relay_topic)        \
          each(publish_message) each(publish_receipt) each(                    \
              publish_batch) each(batch_receipt) each(await_peers)             \
              each(peers_ready) each(judge_message) each(judgement) each(      \
                  set_validation) each(connect_peer) each(peer_connected)      \
                  each(keep_connected) each(disconnect_from) each(             \
                      set_direct_peer) each(block_peer) each(allow_peer)       \
                      each(set_application_score) each(set_topic_score)        \
                          each(inspect_scores) each(scores_snapshot) each(     \
                              set_partial_topic) each(publish_partial)         \
                              each(partial_delivered) each(watch_node)         \
                                  each(unwatch_node) each(node_event)          \
                                      each(inspect_node) each(node_snapshot)   \
                                          each(inspect_peers)                  \
                                              each(peers_snapshot)             \
                                                  each(inspect_metrics)        \
                                                      each(metrics_snapshot)

#define GRAPEVINE_API_MESSAGE(name)                                            \
  CAF_ADD_TYPE_ID(grapevine, (grapevine::name))                                \
  template <>                                                                  \
  inline constexpr bool grapevine::is_remote<grapevine::name> = true;

GRAPEVINE_API_MESSAGES(GRAPEVINE_API_MESSAGE)

#undef GRAPEVINE_API_MESSAGE

// All others stay in the process.
#define GRAPEVINE_MESSAGE(name)                                                \
  CAF_ADD_TYPE_ID(grapevine, (grapevine::name))                                \
  CAF_ALLOW_UNSAFE_MESSAGE_TYPE(grapevine::name)

GRAPEVINE_MESSAGE(trace_events)

GRAPEVINE_MESSAGE(socket_ready)
GRAPEVINE_MESSAGE(assign_socket)
GRAPEVINE_MESSAGE(forget_socket)
GRAPEVINE_MESSAGE(poll_sockets)
GRAPEVINE_MESSAGE(stop_reactor)

GRAPEVINE_MESSAGE(resolve_address)
GRAPEVINE_MESSAGE(address_resolved)
GRAPEVINE_MESSAGE(resolver_due)

GRAPEVINE_MESSAGE(connection_established)
GRAPEVINE_MESSAGE(dial_failed)
GRAPEVINE_MESSAGE(listener_failed)
GRAPEVINE_MESSAGE(attempt_timeout)
GRAPEVINE_MESSAGE(resume_accepting)
GRAPEVINE_MESSAGE(use_networks)
GRAPEVINE_MESSAGE(close_transport)

GRAPEVINE_MESSAGE(interfaces_changed)
GRAPEVINE_MESSAGE(interfaces_settled)
GRAPEVINE_MESSAGE(use_addresses)

GRAPEVINE_MESSAGE(use_lan)
GRAPEVINE_MESSAGE(mdns_due)
GRAPEVINE_MESSAGE(peers_found)

GRAPEVINE_MESSAGE(adopt_connection)
GRAPEVINE_MESSAGE(flush_output)
GRAPEVINE_MESSAGE(peer_tick)
GRAPEVINE_MESSAGE(disconnect_peer)
GRAPEVINE_MESSAGE(stop_peer)
GRAPEVINE_MESSAGE(peer_lost)

GRAPEVINE_MESSAGE(send_answers)
GRAPEVINE_MESSAGE(send_messages)
GRAPEVINE_MESSAGE(send_run)
GRAPEVINE_MESSAGE(send_partial)
GRAPEVINE_MESSAGE(send_control)
GRAPEVINE_MESSAGE(send_gossip)
GRAPEVINE_MESSAGE(send_hello)
GRAPEVINE_MESSAGE(set_standing)
GRAPEVINE_MESSAGE(return_credit)
GRAPEVINE_MESSAGE(inspect_peer)

GRAPEVINE_MESSAGE(peer_joined)
GRAPEVINE_MESSAGE(peer_moved)
GRAPEVINE_MESSAGE(peer_left)
GRAPEVINE_MESSAGE(messages_received)
GRAPEVINE_MESSAGE(verdicts_reached)
GRAPEVINE_MESSAGE(iwant_received)
GRAPEVINE_MESSAGE(ihave_received)
GRAPEVINE_MESSAGE(iwant_sent)
GRAPEVINE_MESSAGE(set_delivery_window)
GRAPEVINE_MESSAGE(emit_gossip)
GRAPEVINE_MESSAGE(shift_window)
GRAPEVINE_MESSAGE(sweep_cache)
GRAPEVINE_MESSAGE(publish_own)
GRAPEVINE_MESSAGE(publish_own_batch)
GRAPEVINE_MESSAGE(set_direct)
GRAPEVINE_MESSAGE(bound_validation)
GRAPEVINE_MESSAGE(set_subscribers)
GRAPEVINE_MESSAGE(inspect_cache)
GRAPEVINE_MESSAGE(cache_snapshot)

GRAPEVINE_MESSAGE(node_events)
GRAPEVINE_MESSAGE(observe_events)
GRAPEVINE_MESSAGE(connect_offered)

GRAPEVINE_MESSAGE(flush_trace)

GRAPEVINE_MESSAGE(meet_partners)
GRAPEVINE_MESSAGE(hello_wanted)
GRAPEVINE_MESSAGE(control_received)
GRAPEVINE_MESSAGE(delivery_report)
GRAPEVINE_MESSAGE(misbehaved)
GRAPEVINE_MESSAGE(partial_usable)
GRAPEVINE_MESSAGE(partial_received)
GRAPEVINE_MESSAGE(reads_slowly)
GRAPEVINE_MESSAGE(announce_messages)
GRAPEVINE_MESSAGE(record_learned)
GRAPEVINE_MESSAGE(inspect_addresses)
GRAPEVINE_MESSAGE(signed_addresses)
GRAPEVINE_MESSAGE(use_scoring)
GRAPEVINE_MESSAGE(route_messages)
GRAPEVINE_MESSAGE(route_own)
GRAPEVINE_MESSAGE(route_batch)
GRAPEVINE_MESSAGE(join_topic)
GRAPEVINE_MESSAGE(leave_topic)
GRAPEVINE_MESSAGE(heartbeat_tick)
GRAPEVINE_MESSAGE(await_expired)
GRAPEVINE_MESSAGE(leave_all)
GRAPEVINE_MESSAGE(all_left)
GRAPEVINE_MESSAGE(inspect_mesh)
GRAPEVINE_MESSAGE(mesh_snapshot)

GRAPEVINE_MESSAGE(remember_peers)
GRAPEVINE_MESSAGE(remember_bans)
GRAPEVINE_MESSAGE(recall_peers)
GRAPEVINE_MESSAGE(recalled_peers)
GRAPEVINE_MESSAGE(close_store)
GRAPEVINE_MESSAGE(store_peers)
GRAPEVINE_MESSAGE(collect_peers)
GRAPEVINE_MESSAGE(look_for_peers)

GRAPEVINE_MESSAGE(validate_messages)
GRAPEVINE_MESSAGE(use_validation)
GRAPEVINE_MESSAGE(judge_own)
GRAPEVINE_MESSAGE(own_accepted)
GRAPEVINE_MESSAGE(judges_due)

GRAPEVINE_MESSAGE(beat)
GRAPEVINE_MESSAGE(stop_heartbeat)

GRAPEVINE_MESSAGE(host_counts)
GRAPEVINE_MESSAGE(tell_host_counts)
GRAPEVINE_MESSAGE(peer_counts)
GRAPEVINE_MESSAGE(mesh_counts)
GRAPEVINE_MESSAGE(cache_counts)
GRAPEVINE_MESSAGE(heartbeat_counts)
GRAPEVINE_MESSAGE(validator_counts)
GRAPEVINE_MESSAGE(node_counts)
GRAPEVINE_MESSAGE(tell_counts)
GRAPEVINE_MESSAGE(collect_metrics)
GRAPEVINE_MESSAGE(ask_more)
GRAPEVINE_MESSAGE(collect_expired)

GRAPEVINE_MESSAGE(subscriber_has_room)
GRAPEVINE_MESSAGE(redial_peer)
GRAPEVINE_MESSAGE(peer_details)
GRAPEVINE_MESSAGE(stop_expired)
GRAPEVINE_MESSAGE(reopen_listener)
GRAPEVINE_MESSAGE(names_due)
GRAPEVINE_MESSAGE(trim_peers)

#undef GRAPEVINE_MESSAGE

// An error carries its category as a type.
CAF_ADD_TYPE_ID(grapevine, (grapevine::node_errc))
CAF_ADD_TYPE_ID(grapevine, (grapevine::handshake_failure))

CAF_END_TYPE_ID_BLOCK(grapevine)
