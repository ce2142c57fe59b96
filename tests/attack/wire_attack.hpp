#pragma once

#include "tests/attack/raw_rpc.hpp"
#include "tests/support/node_network.hpp"
#include "tests/support/wire_peer.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::test {

/// A judge that never answers.
judge_actor spawn_mute_judge(caf::actor_system& sys);

/// A wire peer with its pubsub stream. What it says waits until somebody waits.
struct attacker {
  attacker(std::uint8_t number, const libp2p::multiaddr& address,
           const std::string& protocol, const std::string& from = {});

  wire_peer wire;
  libp2p::stream_id out = 0;

  libp2p::peer_id id() const { return wire.id(); }
  const heard_rpcs& heard() const { return wire.heard(); }

  void subscribe(const std::string& topic, bool on = true);
  void say(const proto::control& ctrl) { wire.say(out, {}, ctrl); }
  void graft(const std::string& topic);
  void prune(const std::string& topic, std::vector<proto::px_peer> offers = {});
  void ihave(std::vector<std::string> ids, const std::string& topic = "t");
  void iwant(std::vector<std::string> ids);
  void idontwant(std::vector<std::string> ids);
  void send(const gossip::message_ptr& msg) {
    wire.send_raw(out, msg->frame());
  }
  void send(bytes_view rpc) { wire.send(out, rpc); }
};

/// A node on real sockets that takes part in "t", and peers on the wire that
/// attack it.
class wire_attack {
public:
  /// Not signing, unless a test is about that, so that ids are known
  /// beforehand.
  static node_config
  config(std::chrono::milliseconds heartbeat = std::chrono::milliseconds{50});

  explicit wire_attack(const node_config& with = config());

  /// A peer that is connected and has a pubsub stream.
  attacker& connect(std::uint8_t number,
                    const std::string& protocol = "/meshsub/1.2.0",
                    const std::string& from = {});

  /// The same, and it is in the node's mesh of "t".
  attacker& join(std::uint8_t number,
                 const std::string& protocol = "/meshsub/1.2.0");

  /// The same, and not in the mesh: it pruned the node.
  attacker& linger(std::uint8_t number,
                   const std::string& protocol = "/meshsub/1.2.0");

  /// Moves the bytes of all peers until `condition` holds.
  void until(const std::function<bool()>& condition);

  /// Waits until the node has done all that follows from what `peer` sent, and
  /// every peer has heard it.
  void settle(attacker& peer);

  /// The same of what the node did by itself.
  void settle();

  /// Ends a peer's connection, and waits until the node knows.
  void leave(attacker& peer);

  node_snapshot inspect();
  gossip::score_snapshot score(const attacker& peer);
  void set_score(const attacker& peer, double score);
  void set_validation(std::optional<topic_validation> how);

  /// Publishes from the node and takes the copy that its subscriber gets.
  void publish(std::string_view text);

  /// The next message that the node's subscriber gets.
  std::string next_text();

  /// Whether the node has the peer in its mesh of "t".
  bool in_mesh(const attacker& peer);

  void stop() { net.stop(node); }

  node_network net;
  node_network::running_node node;

private:
  std::vector<std::unique_ptr<attacker>> peers_;
  std::size_t settled_ = 0;
};

} // namespace grapevine::test
