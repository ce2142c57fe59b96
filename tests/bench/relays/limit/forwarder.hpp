#pragma once

#include "actors/host/socket.hpp"
#include "gossip/message/signing.hpp"
#include "gossip/stream/frame_reader.hpp"
#include "libp2p/session/session.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace grapevine::bench {

/// What no relay can avoid, and nothing else: reads, decrypts, checks the
/// signature where there is one, encrypts for everybody else, and writes. One
/// thread, no actors, no mesh, no memory of what it has seen. It is the limit
/// that relays are compared with, under the same load.
class forwarder {
public:
  /// Listens on 127.0.0.1. `greeting` is what each peer is told first.
  forwarder(std::shared_ptr<const libp2p::session_config> identity,
            gossip::signing_policy policy, shared_bytes greeting);
  ~forwarder();

  /// Where it listens.
  endpoint address() const { return local_endpoint(listener_.get()); }

  /// Waits for what happens next, and does it. False when `stop_fd` is
  /// readable.
  bool turn(int stop_fd);

private:
  class peer;

  void accept();
  /// Whether there was anything to forward.
  bool forward(const peer& from, bytes_view rpc);
  bool carries_messages(bytes_view rpc);
  void write_all();

  std::shared_ptr<const libp2p::session_config> identity_;
  gossip::signing_policy policy_;
  shared_bytes greeting_;
  unique_fd listener_;
  std::vector<std::unique_ptr<peer>> peers_;
  gossip::message_verifier verifier_;
  // Kept for its memory.
  proto::rpc rpc_;
};

} // namespace grapevine::bench
