#pragma once

#include "app/client/tls_session.hpp"
#include "app/failure.hpp"
#include "app/options/node_arguments.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

// The commands. Each returns how the program ends, or why it could not do what
// it was asked.

namespace grapevine::app {

/// `grapevine run`: a node that lives until it is told to stop.
struct run_arguments {
  node_arguments node;
  /// Only print what would be configured.
  bool print_config = false;
  /// Only check it.
  bool config_test = false;
};

outcome<exit_code> run(const run_arguments& arguments);

/// `grapevine sub`: prints the messages of topics.
struct sub_arguments {
  node_arguments node;
  std::vector<std::string> topics;
  bool json = false;
  /// Ends after so many messages.
  std::optional<std::size_t> count;
};

outcome<exit_code> sub(const sub_arguments& arguments);

/// `grapevine pub`: publishes one message, or each line of standard input.
struct pub_arguments {
  node_arguments node;
  std::string topic;
  /// The message itself.
  std::optional<std::string> message;
  /// The file that is the message; `-` for standard input.
  std::optional<std::filesystem::path> file;
  /// For how long it waits for a peer of the topic.
  std::chrono::milliseconds wait{10'000};
};

outcome<exit_code> pub(const pub_arguments& arguments);

/// `grapevine keygen`: makes a key.
struct keygen_arguments {
  libp2p::key_type type = libp2p::key_type::ed25519;
  /// Not set: where `run` looks for it.
  std::optional<std::filesystem::path> out;
};

outcome<exit_code> keygen(const keygen_arguments& arguments);

/// `grapevine id`: prints the peer id of a key.
struct id_arguments {
  std::optional<std::filesystem::path> identity;
  /// As a CID, not in base58.
  bool cid = false;
};

outcome<exit_code> id(const id_arguments& arguments);

/// `grapevine swarm-key`: makes a private network's key, or looks at one.
struct swarm_key_arguments {
  std::filesystem::path file;
  /// Makes none: prints the fingerprint of the one that is there.
  bool show = false;
};

outcome<exit_code> swarm_key(const swarm_key_arguments& arguments);

/// `grapevine ping`: measures round trips.
struct ping_arguments {
  libp2p::multiaddr address;
  /// Of the private network that it is in; not set: it is in none.
  std::optional<std::filesystem::path> swarm_key;
  /// Not set: until it is told to stop.
  std::optional<std::size_t> count;
  std::chrono::milliseconds interval{1'000};
  /// For the connection, and for each answer.
  std::chrono::milliseconds timeout{10'000};
};

outcome<exit_code> ping(const ping_arguments& arguments);

/// `grapevine sim`: runs a network in virtual time.
struct sim_arguments {
  /// The scenario; not set: an example is only printed.
  std::optional<std::filesystem::path> file;
  /// The example to print.
  std::optional<std::string> example;
  /// Prints what the run gave for programs.
  bool json = false;
  /// Where a page of it goes.
  std::optional<std::filesystem::path> html;
  /// In place of the file's: the seed, the nodes of the first group, and the
  /// time.
  std::optional<std::size_t> seed;
  std::optional<std::size_t> nodes;
  std::optional<std::chrono::milliseconds> duration;
  /// The part of the deliveries below which the command fails.
  double at_least = 0;
};

outcome<exit_code> sim(const sim_arguments& arguments);

// -- commands that talk to a running node -------------------------------------

/// Which node, and what lets the program in.
struct remote_arguments {
  node_place node;
  std::optional<std::filesystem::path> token_file;
  /// Prints what the node answers, for programs.
  bool json = false;
  /// If it speaks HTTPS.
  client::tls_files tls{};
};

/// `grapevine status`, `peers`, `topics`: what the node tells of itself.
outcome<exit_code> status(const remote_arguments& node);
outcome<exit_code> peers(const remote_arguments& node);
outcome<exit_code> topics(const remote_arguments& node);

/// `grapevine top`: the same, again and again.
struct top_arguments {
  remote_arguments node;
  std::chrono::milliseconds interval{1'000};
};

outcome<exit_code> top(const top_arguments& arguments);

/// `grapevine connect`.
outcome<exit_code> connect(const remote_arguments& node,
                           const libp2p::multiaddr& address);

/// `grapevine disconnect`, `block`, `unblock`, `allow`, `disallow`.
enum class peer_change { disconnect, block, unblock, allow, disallow };

outcome<exit_code> change_peer(const remote_arguments& node, peer_change what,
                               const libp2p::peer_id& peer);

/// `grapevine log-level`: sets it, if there is one to be set, and prints it.
outcome<exit_code> log_level(const remote_arguments& node,
                             std::optional<spdlog::level::level_enum> level);

/// `grapevine sub --via`: as `sub`, through a running node.
struct sub_via_arguments {
  remote_arguments node;
  std::vector<std::string> topics;
  std::optional<std::size_t> count;
};

outcome<exit_code> sub_via(const sub_via_arguments& arguments);

/// `grapevine pub --via`: as `pub`, through a running node.
struct pub_via_arguments {
  remote_arguments node;
  std::string topic;
  std::optional<std::string> message;
  std::optional<std::filesystem::path> file;
  /// How long the node waits for a peer of the topic.
  std::chrono::milliseconds wait{0};
  /// Of lines of standard input and of files.
  std::size_t largest = 0;
};

outcome<exit_code> pub_via(const pub_via_arguments& arguments);

} // namespace grapevine::app
