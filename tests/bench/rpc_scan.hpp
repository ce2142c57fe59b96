#pragma once

#include "proto/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace grapevine::bench {

/// What the load wants to know of a relay's RPC.
struct rpc_scan {
  /// The numbers of the messages that it carries.
  std::vector<std::uint32_t> numbers;
  /// It prunes us from a mesh.
  bool pruned = false;
};

/// Looks through an RPC (a frame without its length) for messages with
/// `data_size` bytes of data and for PRUNE, whatever else is in it and in
/// whatever order; as cheap as can be. False if it is malformed, or carries a
/// message of another size: that is none of ours. `out`'s memory is used again.
bool scan_rpc(bytes_view rpc, std::size_t data_size, rpc_scan& out);

} // namespace grapevine::bench
