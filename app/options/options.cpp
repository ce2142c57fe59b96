#include "app/options/option_table.hpp"

#include <utility>

namespace grapevine::app {

namespace {

using enum option_kind;
using gossip::parameters;
using mesh_numbers = gossip::mesh_parameters;
using gossip_numbers = gossip::gossip_parameters;
using timer_numbers = gossip::timer_parameters;
using grafting = gossip::opportunistic_graft_parameters;

constexpr auto params = field(&settings::params);

void add_node_options(option_table& t) {
  constexpr auto trace = field(&settings::trace);
  t.heading("Node")
      .add<address>("listen", &settings::listen,
                    "Listens at this address, e.g. /ip4/0.0.0.0/tcp/4001; port "
                    "0 takes a free one")
      .fallback("/ip4/0.0.0.0/tcp/4001 and /ip6/::/tcp/4001", "nowhere")
      .only(scope::own_node)
      .add<announced>("announce", &settings::announced_addresses,
                      "Tells peers to dial the node at this address, in place "
                      "of those where it listens, e.g. "
                      "/dns4/example.org/tcp/4001")
      .fallback("where it listens, at each interface's address",
                "where it listens, at each interface's address")
      .only(scope::own_node)
      .live()
      .add<address_range>(
          "no-announce", &settings::hidden_addresses,
          "Tells peers of no address in this range, e.g. 10.0.0.0/8 "
          "or /ip4/10.0.0.0/ipcidr/8, or not of this multiaddr")
      .only(scope::own_node)
      .live()
      .add<flag>("mdns", &settings::mdns,
                 "Finds peers of private networks by mDNS, and lets them find "
                 "the node; silent on interfaces with public addresses")
      .add<address>("peer", &settings::peers,
                    "Stays connected to this peer, e.g. "
                    "/dns4/example.org/tcp/4001; ends in /p2p/ID to insist on "
                    "who it is; of a name's peers it takes some, and looks "
                    "the name up again")
      .live()
      .add<number>("peers-per-name", &settings::peers_per_name,
                   "Of all the peers that a name has, to how many it stays "
                   "connected, drawn at random")
      .at_least(1)
      .add<text>("dns-server", &settings::dns_servers,
                 "Asks this server for names, e.g. 192.0.2.53, "
                 "192.0.2.53:5353 or [2001:db8::53]:53")
      .placeholder("ADDR[:PORT]")
      .fallback("those of /etc/resolv.conf", "those of /etc/resolv.conf")
      .add<peer_address>("direct-peer", &settings::direct_peers,
                         "Stays connected to this peer, which gets every "
                         "message of its topics and is in no mesh; ends in "
                         "/p2p/ID, and both sides should name each other")
      .only(scope::own_node)
      .live()
      .add<peer>("block-peer", &settings::blocked_peers,
                 "Refuses the connections of this peer, and its messages from "
                 "anyone")
      .live()
      .add<topic>("topic", &settings::topics, "Takes part in this topic")
      .only(scope::run_only)
      .live()
      .add<path>("identity", &settings::identity,
                 "Key of the node; made if there is no such file")
      .fallback("grapevine/identity.key in $XDG_STATE_HOME or ~/.local/state",
                "a new key, kept nowhere")
      .only(scope::own_node)
      .add<path>("swarm-key", &settings::swarm_key,
                 "Key of a private network, as Kubo's swarm.key: whoever does "
                 "not hold it gets no handshake; only its owner may read it")
      .add<choice>("security", &settings::security,
                   "Encrypts connections by this, given once for each, the "
                   "preferred one first")
      .fallback("tls, then noise", "tls, then noise")
      .add<path>("peer-store", &settings::peer_store,
                 "Keeps known peers and bans over a restart in this file, so "
                 "that the node finds its network again; off: nowhere")
      .fallback("beside the identity: identity.peers.db", "off")
      .only(scope::own_node)
      .add<choice>("log-level", &settings::log_level, "What is logged")
      .placeholder("LEVEL")
      .fallback("info", "warn")
      .only(scope::own_node)
      .live()
      .add<choice>("log-format", &settings::log_format,
                   "Lines for people, or a JSON object per line")
      .only(scope::own_node)
      .live()
      .add<path>("log-file", &settings::log_file,
                 "Appends the log to this file instead; SIGUSR1 opens it "
                 "again, for whoever has renamed it")
      .fallback("standard error", "standard error")
      .only(scope::own_node)
      .live()
      .add<path>("trace-file", trace / &trace_options::path,
                 "Appends what happens to this file, as go-libp2p-pubsub's "
                 "tracers do")
      .only(scope::own_node)
      .add<choice>("trace-format", trace / &trace_options::format,
                   "A JSON object per line, or protobuf")
      .only(scope::own_node)
      .add<choice>("policy", &settings::policy,
                   "What messages must carry; the same in the whole network")
      .add<size>("max-message-size", &settings::max_rpc_size,
                 "Largest RPC, and so message, to send and to take")
      .add<number>("max-peers", &settings::max_peers,
                   "Peers at once; further ones are turned away, but never "
                   "those of peer and direct-peer; no more than open files "
                   "allow")
      .live()
      .add<size>("max-queued-bytes", &settings::max_queued_bytes,
                 "Frames that wait for all peers; further messages are dropped")
      .fallback("256MiB, or 32 of the largest", "256MiB, or 32 of the largest")
      .add<size>("max-unfinished-bytes", &settings::max_unfinished_bytes,
                 "RPCs that all peers have begun and not finished")
      .fallback("64MiB, or 16 of the largest", "64MiB, or 16 of the largest")
      .add<duration>("dial-timeout", &settings::dial_timeout,
                     "Until a connection must be established")
      .add<duration>("redial-min", &settings::redial_min,
                     "First pause before a lost peer is dialled again; it "
                     "doubles")
      .add<duration>("redial-max", &settings::redial_max, "Longest such pause");
}

void add_api_options(option_table& t) {
  t.heading("HTTP API")
      .add<text>("api", &settings::api,
                 "Serves the API here, for this machine's programs: an address "
                 "with a port, unix: and a file, or off; any other than "
                 "loopback needs a token, or clients' certificates")
      .placeholder("ADDR:PORT")
      .fallback(std::string{default_api}, "off")
      .only(scope::run_only)
      .add<path>("api-token-file", &settings::api_token_file,
                 "File of the bearer token that the API asks for, which only "
                 "its owner may read")
      .only(scope::run_only)
      .add<path>("api-certificate", &settings::api_certificate,
                 "The API's certificate and those that lead to its root, in "
                 "PEM: makes it HTTPS")
      .only(scope::run_only)
      .add<path>("api-key", &settings::api_key,
                 "The certificate's key, in PEM, without a password")
      .only(scope::run_only)
      .add<path>("api-client-ca", &settings::api_client_ca,
                 "Roots, in PEM: clients of the API need a certificate that "
                 "one of them has signed")
      .only(scope::run_only)
      .add<size>("api-stream-buffer", &settings::api_stream_buffer,
                 "What may wait for each client of the API's streams; what "
                 "comes then it misses, and is told so")
      .only(scope::run_only)
      .add<number>("ready-peers", &settings::ready_peers,
                   "Peers without which /readyz says that the node is not "
                   "ready")
      .only(scope::run_only)
      .add<number>("ready-mesh", &settings::ready_mesh,
                   "The same of peers in the mesh of each of the node's topics")
      .only(scope::run_only);
}

void add_mesh_options(option_table& t) {
  constexpr auto mesh = params / &parameters::mesh;
  constexpr auto opportunistic = params / &parameters::opportunistic;
  t.heading("Mesh of each topic")
      .add<number>("mesh-d", mesh / &mesh_numbers::degree,
                   "Peers that a mesh is brought to (D)")
      .add<number>("mesh-dlo", mesh / &mesh_numbers::degree_low,
                   "Fewer peers make it grow (Dlo)")
      .add<number>("mesh-dhi", mesh / &mesh_numbers::degree_high,
                   "More peers make it shrink (Dhi)")
      .add<number>("mesh-dscore", mesh / &mesh_numbers::degree_score,
                   "Peers that stay for their score when it shrinks (Dscore)")
      .add<number>("mesh-dout", mesh / &mesh_numbers::degree_outbound,
                   "Of these we dialled at least so many (Dout)")
      .add<number>("mesh-dlazy", mesh / &mesh_numbers::degree_lazy,
                   "Peers outside the mesh that get gossip, at least (Dlazy)")
      .add<flag>("flood-publish", params / &parameters::flood_publish,
                 "Own messages go to all peers of the topic, not to its mesh "
                 "alone")
      .add<number>("opportunistic-graft-ticks",
                   opportunistic / &grafting::ticks,
                   "Heartbeats between two looks for better peers than the "
                   "mesh has; 0: never")
      .add<number>("opportunistic-graft-peers",
                   opportunistic / &grafting::peers, "Peers that then join it");
}

void add_exchange_options(option_table& t) {
  t.heading("Peer exchange")
      .add<flag>("peer-exchange", params / &parameters::peer_exchange,
                 "Offers other peers to those that it prunes: for nodes that "
                 "introduce others")
      .add<number>("px-peers", params / &parameters::px_peers,
                   "Peers offered, and accepted, in a PRUNE")
      .add<flag>("dial-private-offers", &settings::dial_private_offers,
                 "Dials peers that others offer at private and loopback "
                 "addresses");
}

void add_gossip_options(option_table& t) {
  constexpr auto gossip_part = params / &parameters::gossip;
  t.heading("Gossip")
      .add<number>("history-length",
                   gossip_part / &gossip_numbers::history_length,
                   "Heartbeats that a message can be asked for")
      .add<number>("history-gossip",
                   gossip_part / &gossip_numbers::history_gossip,
                   "Heartbeats that it is told of")
      .add<size>("max-window-bytes", &settings::max_window_bytes,
                 "Messages that can be asked for; beyond, the oldest go before "
                 "history-length is over")
      .fallback("by the machine's memory", "by the machine's memory")
      .add<number>("max-seen-ids", &settings::max_seen_ids,
                   "Messages that are recognised when they come again; beyond, "
                   "the oldest are forgotten before seen-ttl is over")
      .fallback("by the machine's memory", "by the machine's memory")
      .at_least(1)
      .add<real>("gossip-factor", gossip_part / &gossip_numbers::factor,
                 "Part of the peers outside the mesh that gets gossip, 0 to 1")
      .add<number>("gossip-to-all",
                   gossip_part / &gossip_numbers::gossip_to_all,
                   "Where no more peers than this are outside the mesh, all "
                   "get gossip")
      .add<number>("gossip-retransmission",
                   gossip_part / &gossip_numbers::retransmissions,
                   "How often one peer gets one message that it asks for")
      .add<number>("max-ihave-length",
                   gossip_part / &gossip_numbers::max_ihave_ids,
                   "Ids asked of, and told to, one peer per heartbeat")
      .add<number>("max-ihave-messages",
                   gossip_part / &gossip_numbers::max_ihave_messages,
                   "IHAVE accepted of one peer per heartbeat")
      .add<number>("max-iwant-length",
                   gossip_part / &gossip_numbers::max_iwant_ids,
                   "Ids that one peer may ask for per heartbeat")
      .add<number>("idontwant-threshold",
                   gossip_part / &gossip_numbers::idontwant_threshold,
                   "Bytes from which on a message is announced with IDONTWANT")
      .add<number>("idontwant-heartbeats",
                   gossip_part / &gossip_numbers::idontwant_heartbeats,
                   "Heartbeats that a peer's IDONTWANT holds")
      .add<number>("max-idontwant-length",
                   gossip_part / &gossip_numbers::max_idontwant_ids,
                   "Ids accepted of one IDONTWANT")
      .add<number>("max-idontwant-messages",
                   gossip_part / &gossip_numbers::max_idontwant_messages,
                   "IDONTWANT accepted of one peer per heartbeat");
}

void add_timer_options(option_table& t) {
  constexpr auto timers = params / &parameters::timers;
  t.heading("Timers")
      .add<duration>("heartbeat-interval",
                     timers / &timer_numbers::heartbeat_interval,
                     "Between two heartbeats")
      .add<duration>("heartbeat-initial-delay",
                     timers / &timer_numbers::heartbeat_initial_delay,
                     "Until the first heartbeat")
      .add<duration>("fanout-ttl", timers / &timer_numbers::fanout_ttl,
                     "How long peers of a topic that is only published to are "
                     "kept")
      .add<duration>("seen-ttl", timers / &timer_numbers::seen_ttl,
                     "How long a message is recognised when it comes again")
      .add<duration>("prune-backoff", timers / &timer_numbers::prune_backoff,
                     "How long a pruned peer may not graft")
      .add<duration>("unsubscribe-backoff",
                     timers / &timer_numbers::unsubscribe_backoff,
                     "The same after leaving a topic")
      .add<duration>("backoff-slack", timers / &timer_numbers::backoff_slack,
                     "How much longer than a backoff it waits before it grafts")
      .add<duration>("graft-flood-threshold",
                     timers / &timer_numbers::graft_flood_threshold,
                     "A GRAFT so soon after a PRUNE counts twice as "
                     "misbehaviour")
      .add<duration>("iwant-followup", timers / &timer_numbers::iwant_followup,
                     "How long a peer may take to send what it was asked for");
}

// What strangers may take of a node.
void add_connection_options(option_table& t) {
  t.heading("Connections of others")
      .add<peer>("allow-peer", &settings::allowed_peers,
                 "Only this peer may be connected, others that are allowed so, "
                 "and those of peer and direct-peer")
      .live()
      .add<path>("allow-peers-file", &settings::allow_peers_file,
                 "File of further such peers, an id a line; # begins a comment")
      .live()
      .add<ip_range>("allow-network", &settings::allowed_networks,
                     "Connections may only be from and to this range of IP "
                     "addresses, e.g. 192.0.2.0/24, and others that are "
                     "allowed so; where ranges overlap, the narrowest decides")
      .live()
      .add<ip_range>("deny-network", &settings::denied_networks,
                     "There are no connections from or to this range of IP "
                     "addresses, not even to peers of peer and direct-peer, "
                     "unless a narrower one is allowed")
      .live()
      .add<number>("high-water", &settings::high_water,
                   "With more peers than this, those that are missed least go "
                   "until low-water are left, but for those of peer and "
                   "direct-peer; 0: never")
      .live()
      .add<number>("low-water", &settings::low_water,
                   "Peers that are left once there were more than high-water")
      .live()
      .add<duration>("water-grace", &settings::water_grace,
                     "How long a new peer is not disconnected for them")
      .live()
      .add<number>("outbound-reserve", &settings::outbound_reserve,
                   "Places of max-peers for peers that are dialled, at most an "
                   "eighth")
      .live()
      .add<number>("max-peers-per-address", &settings::max_peers_per_address,
                   "Peers that may come from one IPv4 address, or one /64 of "
                   "IPv6")
      .at_least(1)
      .live()
      .add<number>("max-handshakes", &settings::max_handshakes,
                   "Connections at one listening address that have yet to "
                   "prove who they are")
      .at_least(1)
      .add<number>("max-handshakes-per-address",
                   &settings::max_handshakes_per_address,
                   "Of these, how many may come from one address")
      .at_least(1)
      .add<number>("connections-per-second", &settings::connections_per_second,
                   "Connections that one address may begin; ten times as many "
                   "at once after a pause")
      .at_least(1);
}

std::vector<option> make_options() {
  option_table t;
  add_node_options(t);
  add_api_options(t);
  add_gateway_options(t);
  add_connection_options(t);
  add_mesh_options(t);
  add_exchange_options(t);
  add_gossip_options(t);
  add_timer_options(t);
  t.each_live(add_score_options);
  add_filter_options(t);
  return std::move(t.options);
}

} // namespace

const std::vector<option>& all_options() {
  static const auto options = make_options();
  return options;
}

const option* find_option(std::string_view name) {
  return find_row(all_options(), name);
}

} // namespace grapevine::app
