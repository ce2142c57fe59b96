#pragma once

#include "actors/host/host_context.hpp"
#include "actors/node_config.hpp"
#include "actors/pubsub/node_memory.hpp"
#include "gossip/trace/trace_batch.hpp"
#include "libp2p/identity/peer_id.hpp"

#include <memory>

namespace grapevine {

/// What a node's actors have in common. Never changed once the node is made.
struct node_context : host_context {
  node_config config;
  libp2p::peer_id self;
  /// Where events are recorded, by a `gossip::trace_batch` of each actor; null
  /// if nobody wants them.
  std::shared_ptr<gossip::trace_sink> trace = nullptr;
  /// What the peers keep in memory together; null, in tests: no bound.
  std::shared_ptr<node_memory> memory = nullptr;

  explicit node_context(node_config with)
      : config{std::move(with)}, self{libp2p::peer_id::of(
                                     config.identity.public_part())} {
    settings = config;
    log = config.log;
  }

  gossip::byte_budget* queued() const noexcept {
    return memory ? &memory->queued : nullptr;
  }
  gossip::byte_budget* unfinished() const noexcept {
    return memory ? &memory->unfinished : nullptr;
  }
};

using context_ptr = std::shared_ptr<const node_context>;

} // namespace grapevine
