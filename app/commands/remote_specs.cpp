#include "app/commands/command_specs.hpp"
#include "app/commands/remote_options.hpp"
#include "app/options/network_values.hpp"

#include <utility>

namespace grapevine::app {

namespace {

using std::chrono::milliseconds;

void add_json(CLI::App& to, given_texts& given) {
  given.add_flag(to, "--json", "Prints what the node's API answers");
}

// -- what only tells ----------------------------------------------------------

void add_view(CLI::App& to, given_texts& given) {
  add_json(to, given);
  add_remote_options(to, given);
}

template <outcome<exit_code> (*Show)(const remote_arguments&)>
outcome<exit_code> act_view(const given_texts& given) {
  const auto node = remote_of(given);
  if (!node)
    return unexpected{node.error()};
  return Show(*node);
}

command_spec status_spec() {
  return {"status", "Tells how a running node is",
          R"(  grapevine status
  grapevine status --api 192.0.2.1:4080 --api-token-file token
  grapevine status --api https://node.example:4080 --api-ca root.pem
  grapevine status --json)",
          add_view, act_view<status>};
}

command_spec peers_spec() {
  return {"peers", "Shows whom a running node is connected to",
          R"(  grapevine peers
  grapevine peers --api unix:/run/grapevine/api.sock --json
The peers with the lowest scores stand last. A star marks the topics in whose
mesh a peer is. A terminal that is too narrow does not get the last columns;
files and pipes get all.)",
          add_view, act_view<peers>};
}

command_spec topics_spec() {
  return {"topics", "Shows the topics of a running node and its peers",
          R"(  grapevine topics
  grapevine topics --json)",
          add_view, act_view<topics>};
}

// -- top ----------------------------------------------------------------------

void add_top(CLI::App& to, given_texts& given) {
  given.add(to, "--interval", {option_kind::duration},
            "Between two looks (default: 1s)");
  add_remote_options(to, given);
}

outcome<exit_code> act_top(const given_texts& given) {
  const auto node = remote_of(given);
  if (!node)
    return unexpected{node.error()};
  const auto interval =
      given.value<milliseconds>("interval", top_arguments{}.interval);
  if (!interval)
    return unexpected{interval.error()};
  return top({*node, **interval});
}

command_spec top_spec() {
  return {"top", "Watches a running node; q ends it",
          R"(  grapevine top
  grapevine top --interval 5s
What is no terminal gets it once.)",
          add_top, act_top};
}

// -- connect, disconnect, block, unblock, allow, disallow ---------------------

void add_connect(CLI::App& to, given_texts& given) {
  given
      .add_argument(to, "ADDR",
                    "Address of the peer; with /p2p/ID it must be that one")
      ->required();
  add_view(to, given);
}

outcome<exit_code> act_connect(const given_texts& given) {
  const auto node = remote_of(given);
  if (!node)
    return unexpected{node.error()};
  const auto address = given.value<libp2p::multiaddr>("ADDR");
  if (!address)
    return unexpected{address.error()};
  return connect(*node, **address);
}

command_spec connect_spec() {
  return {"connect", "Connects a running node to a peer",
          R"(  grapevine connect /ip4/192.0.2.1/tcp/4001
  grapevine connect /dns4/example.org/tcp/4001/p2p/12D3Koo...
It ends when the peer has proven who it is, and prints that.)",
          add_connect, act_connect};
}

void add_peer(CLI::App& to, given_texts& given) {
  given.add_argument(to, "PEER", "The peer's id")->required();
  add_view(to, given);
}

template <peer_change What>
outcome<exit_code> act_peer(const given_texts& given) {
  const auto node = remote_of(given);
  if (!node)
    return unexpected{node.error()};
  const auto peer = given.value<libp2p::peer_id>("PEER");
  if (!peer)
    return unexpected{peer.error()};
  return change_peer(*node, What, **peer);
}

command_spec disconnect_spec() {
  return {"disconnect", "Disconnects a peer of a running node",
          R"(  grapevine disconnect 12D3Koo...
It is not dialled again, but may come back by itself: see block.)",
          add_peer, act_peer<peer_change::disconnect>};
}

command_spec block_spec() {
  return {"block", "Has a running node refuse a peer",
          R"(  grapevine block 12D3Koo...
It is disconnected, and nothing of it is taken, until it is unblocked or the
node ends. For longer, there is --block-peer of run.)",
          add_peer, act_peer<peer_change::block>};
}

command_spec unblock_spec() {
  return {"unblock", "Has a running node take a blocked peer again",
          R"(  grapevine unblock 12D3Koo...)", add_peer,
          act_peer<peer_change::unblock>};
}

command_spec allow_spec() {
  return {"allow", "Has a running node allow a peer besides those of its list",
          R"(  grapevine allow 12D3KooW...
Of a node with --allow-peer or --allow-peers-file, until it is disallowed or the
node ends. For longer, there is the list.)",
          add_peer, act_peer<peer_change::allow>};
}

command_spec disallow_spec() {
  return {"disallow", "Has a running node allow a peer no longer",
          R"(  grapevine disallow 12D3KooW...
Of a node with --allow-peer or --allow-peers-file: it is disconnected, and stays
out until it is allowed, the list names it anew or the node ends.)",
          add_peer, act_peer<peer_change::disallow>};
}

// -- log-level ----------------------------------------------------------------

void add_log_level(CLI::App& to, given_texts& given) {
  given.add(
      to, "LEVEL",
      {option_kind::choice, value_text<spdlog::level::level_enum>::choices()},
      "What it is to log from now on");
  add_view(to, given);
}

outcome<exit_code> act_log_level(const given_texts& given) {
  const auto node = remote_of(given);
  if (!node)
    return unexpected{node.error()};
  const auto level = given.value<spdlog::level::level_enum>("LEVEL");
  if (!level)
    return unexpected{level.error()};
  return log_level(*node, *level);
}

command_spec log_level_spec() {
  return {"log-level", "Tells or changes what a running node logs",
          R"(  grapevine log-level
  grapevine log-level debug
It lasts until it is set again, the node reloads a configuration that has
another level than before, or the node ends.)",
          add_log_level, act_log_level};
}

} // namespace

std::vector<command_spec> remote_commands() {
  return {status_spec(),  peers_spec(),      topics_spec(),   top_spec(),
          connect_spec(), disconnect_spec(), block_spec(),    unblock_spec(),
          allow_spec(),   disallow_spec(),   log_level_spec()};
}

} // namespace grapevine::app
