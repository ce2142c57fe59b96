#include "app/options/option_table.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::app {

namespace {

void add_node_options(option_table& t) {
  t.heading("Node")
      .add(
          "listen", "ADDR",
          "Listens at this address, e.g. /ip4/0.0.0.0/tcp/4001; port 0 takes "
          "a free one",
          [](settings & s) -> auto& { return s.listen; })
      .only(scope::own_node)
      .add(
          "peer", "ADDR",
          "Stays connected to this peer, e.g. /dns4/example.org/tcp/4001; "
          "ends in /p2p/ID to insist on who it is",
          [](settings & s) -> auto& { return s.peers; })
      .add(
          "direct-peer", "ADDR",
          "Stays connected to this peer, which gets every message of its "
          "topics and is in no mesh; ends in /p2p/ID, and both sides should "
          "name each other",
          [](settings & s) -> auto& { return s.direct_peers; })
      .only(scope::own_node)
      .add(
          "block-peer", "ID",
          "Refuses the connections of this peer, and its messages from anyone",
          [](settings & s) -> auto& { return s.blocked_peers; })
      .add(
          "topic", "NAME", "Takes part in this topic",
          [](settings & s) -> auto& { return s.topics; })
      .only(scope::run_only)
      .add(
          "identity", "FILE", "Key of the node; made if there is no such file",
          [](settings & s) -> auto& { return s.identity; })
      .only(scope::own_node)
      .add(
          "log-level", "LEVEL", "What is logged to standard error",
          [](settings & s) -> auto& { return s.log_level; })
      .only(scope::own_node)
      .add(
          "trace-file", "FILE",
          "Appends what happens to this file, as go-libp2p-pubsub's tracers do",
          [](settings & s) -> auto& { return s.trace; })
      .only(scope::own_node)
      .add(
          "trace-format", "FORMAT", "A JSON object per line, or protobuf",
          [](settings & s) -> auto& { return s.trace_format; })
      .only(scope::own_node)
      .add(
          "policy", "POLICY",
          "What messages must carry; the same in the whole network",
          [](settings & s) -> auto& { return s.policy; })
      .add(
          "max-message-size", "SIZE",
          "Largest RPC, and so message, to send and to take",
          [](settings & s) -> auto& { return s.max_message_size; })
      .add(
          "max-peers", "N",
          "Peers at once; further ones are turned away, but never those of "
          "peer and direct-peer; no more than open files allow",
          [](settings & s) -> auto& { return s.max_peers; })
      .add(
          "max-queued-bytes", "SIZE",
          "Frames that wait for all peers; further messages are dropped",
          [](settings & s) -> auto& { return s.max_queued_bytes; })
      .add(
          "max-unfinished-bytes", "SIZE",
          "RPCs that all peers have begun and not finished",
          [](settings & s) -> auto& { return s.max_unfinished_bytes; })
      .add(
          "dial-timeout", "TIME", "Until a connection must be established",
          [](settings & s) -> auto& { return s.dial_timeout; })
      .add(
          "redial-min", "TIME",
          "First pause before a lost peer is dialled again; it doubles",
          [](settings & s) -> auto& { return s.redial_min; })
      .add(
          "redial-max", "TIME", "Longest such pause",
          [](settings & s) -> auto& { return s.redial_max; });
}

void add_mesh_options(option_table& t) {
  t.heading("Mesh of each topic")
      .add(
          "mesh-d", "N", "Peers that a mesh is brought to (D)",
          [](settings & s) -> auto& { return s.params.mesh.degree; },
          "degree (D)")
      .add(
          "mesh-dlo", "N", "Fewer peers make it grow (Dlo)",
          [](settings & s) -> auto& { return s.params.mesh.degree_low; },
          "degree_low (Dlo)")
      .add(
          "mesh-dhi", "N", "More peers make it shrink (Dhi)",
          [](settings & s) -> auto& { return s.params.mesh.degree_high; },
          "degree_high (Dhi)")
      .add(
          "mesh-dscore", "N",
          "Peers that stay for their score when it shrinks (Dscore)",
          [](settings & s) -> auto& { return s.params.mesh.degree_score; },
          "degree_score (Dscore)")
      .add(
          "mesh-dout", "N", "Of these we dialled at least so many (Dout)",
          [](settings & s) -> auto& { return s.params.mesh.degree_outbound; },
          "degree_outbound (Dout)")
      .add(
          "mesh-dlazy", "N",
          "Peers outside the mesh that get gossip, at least (Dlazy)",
          [](settings & s) -> auto& { return s.params.mesh.degree_lazy; })
      .add(
          "flood-publish", "on|off",
          "Own messages go to all peers of the topic, not to its mesh alone",
          [](settings & s) -> auto& { return s.params.flood_publish; })
      .add(
          "opportunistic-graft-ticks", "N",
          "Heartbeats between two looks for better peers than the mesh has; 0: "
          "never",
          [](settings & s) -> auto& { return s.params.opportunistic.ticks; })
      .add(
          "opportunistic-graft-peers", "N", "Peers that then join it",
          [](settings & s) -> auto& { return s.params.opportunistic.peers; });
}

void add_exchange_options(option_table& t) {
  t.heading("Peer exchange")
      .add(
          "peer-exchange", "on|off",
          "Offers other peers to those that it prunes: for nodes that "
          "introduce others",
          [](settings & s) -> auto& { return s.params.peer_exchange; })
      .add(
          "px-peers", "N", "Peers offered, and heeded, in a PRUNE",
          [](settings & s) -> auto& { return s.params.px_peers; })
      .add(
          "dial-private-offers", "on|off",
          "Dials peers that others offer at private and loopback addresses",
          [](settings & s) -> auto& { return s.dial_private_offers; });
}

void add_gossip_options(option_table& t) {
  t.heading("Gossip")
      .add(
          "history-length", "N", "Heartbeats that a message can be asked for",
          [](settings & s) -> auto& { return s.params.gossip.history_length; },
          "history_length")
      .add(
          "history-gossip", "N", "Heartbeats that it is told of",
          [](settings & s) -> auto& { return s.params.gossip.history_gossip; },
          "history_gossip")
      .add(
          "gossip-factor", "X",
          "Part of the peers outside the mesh that gets gossip, 0 to 1",
          [](settings & s) -> auto& { return s.params.gossip.factor; },
          "gossip_factor")
      .add(
          "gossip-to-all", "N",
          "Where no more peers than this are outside the mesh, all get gossip",
          [](settings & s) -> auto& { return s.params.gossip.gossip_to_all; })
      .add(
          "gossip-retransmission", "N",
          "How often one peer gets one message that it asks for",
          [](settings & s) -> auto& { return s.params.gossip.retransmissions; })
      .add(
          "max-ihave-length", "N",
          "Ids asked of, and told to, one peer per heartbeat",
          [](settings & s) -> auto& { return s.params.gossip.max_ihave_ids; })
      .add(
          "max-ihave-messages", "N", "IHAVE heeded of one peer per heartbeat",
          [](settings & s) -> auto& {
            return s.params.gossip.max_ihave_messages;
          })
      .add(
          "max-iwant-length", "N",
          "Ids that one peer may ask for per heartbeat",
          [](settings & s) -> auto& { return s.params.gossip.max_iwant_ids; })
      .add(
          "idontwant-threshold", "N",
          "Bytes from which on a message is announced with IDONTWANT",
          [](settings & s) -> auto& {
            return s.params.gossip.idontwant_threshold;
          })
      .add(
          "idontwant-heartbeats", "N",
          "Heartbeats that a peer's IDONTWANT holds",
          [](settings & s) -> auto& {
            return s.params.gossip.idontwant_heartbeats;
          })
      .add(
          "max-idontwant-length", "N", "Ids heeded of one IDONTWANT",
          [](settings & s) -> auto& {
            return s.params.gossip.max_idontwant_ids;
          })
      .add(
          "max-idontwant-messages", "N",
          "IDONTWANT heeded of one peer per heartbeat",
          [](settings & s) -> auto& {
            return s.params.gossip.max_idontwant_messages;
          });
}

void add_timer_options(option_table& t) {
  t.heading("Timers")
      .add(
          "heartbeat-interval", "TIME", "Between two heartbeats",
          [](settings & s) -> auto& {
            return s.params.timers.heartbeat_interval;
          },
          "heartbeat_interval")
      .add(
          "heartbeat-initial-delay", "TIME", "Until the first heartbeat",
          [](settings & s) -> auto& {
            return s.params.timers.heartbeat_initial_delay;
          },
          "heartbeat_initial_delay")
      .add(
          "fanout-ttl", "TIME",
          "How long peers of a topic that is only published to are kept",
          [](settings & s) -> auto& { return s.params.timers.fanout_ttl; },
          "fanout_ttl")
      .add(
          "seen-ttl", "TIME",
          "How long a message is recognised when it comes again",
          [](settings & s) -> auto& { return s.params.timers.seen_ttl; },
          "seen_ttl")
      .add(
          "prune-backoff", "TIME", "How long a pruned peer may not graft",
          [](settings & s) -> auto& { return s.params.timers.prune_backoff; },
          "prune_backoff")
      .add(
          "unsubscribe-backoff", "TIME", "The same after leaving a topic",
          [](settings & s) -> auto& {
            return s.params.timers.unsubscribe_backoff;
          },
          "unsubscribe_backoff")
      .add(
          "backoff-slack", "TIME",
          "How much longer than a backoff it waits before it grafts",
          [](settings & s) -> auto& { return s.params.timers.backoff_slack; },
          "backoff_slack")
      .add(
          "graft-flood-threshold", "TIME",
          "A GRAFT so soon after a PRUNE counts twice as misbehaviour",
          [](settings & s) -> auto& {
            return s.params.timers.graft_flood_threshold;
          },
          "graft_flood_threshold")
      .add(
          "iwant-followup", "TIME",
          "How long a peer may take to send what it was asked for",
          [](settings & s) -> auto& { return s.params.timers.iwant_followup; },
          "iwant_followup");
}

// What strangers may take of a node.
void add_connection_options(option_table& t) {
  t.heading("Connections of others")
      .add(
          "outbound-reserve", "N",
          "Places of max-peers for peers that are dialled, at most an eighth",
          [](settings & s) -> auto& { return s.outbound_reserve; })
      .add(
          "max-peers-per-address", "N",
          "Peers that may come from one IPv4 address, or one /64 of IPv6",
          [](settings & s) -> auto& { return s.max_peers_per_address; })
      .add(
          "max-handshakes", "N",
          "Connections at one listening address that have yet to prove who "
          "they are",
          [](settings & s) -> auto& { return s.max_handshakes; })
      .add(
          "max-handshakes-per-address", "N",
          "Of these, how many may come from one address",
          [](settings & s) -> auto& { return s.max_handshakes_per_address; })
      .add(
          "connections-per-second", "N",
          "Connections that one address may begin; ten times as many at once "
          "after a pause",
          [](settings & s) -> auto& { return s.connections_per_second; });
}

std::vector<option> make_options() {
  option_table t;
  add_node_options(t);
  add_connection_options(t);
  add_mesh_options(t);
  add_exchange_options(t);
  add_gossip_options(t);
  add_timer_options(t);
  add_score_options(t);
  add_filter_options(t);
  return std::move(t.options);
}

} // namespace

const std::vector<option>& all_options() {
  static const auto options = make_options();
  return options;
}

const option* find_option(std::string_view name) {
  const auto& options = all_options();
  const auto found =
      std::find_if(options.begin(), options.end(),
                   [name](const option& o) { return o.name == name; });
  return found == options.end() ? nullptr : &*found;
}

} // namespace grapevine::app
