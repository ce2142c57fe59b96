#pragma once

#include "proto/rpc.hpp"

#include <cstddef>
#include <memory>

namespace grapevine::gossip {

/// IHAVEs of one topic for one peer: of `all` ids those from `first` on,
/// `count` of them; after the last comes the first.
struct ihave_part {
  std::shared_ptr<const proto::ihave> all;
  std::size_t first = 0;
  std::size_t count = 0;
};

} // namespace grapevine::gossip
