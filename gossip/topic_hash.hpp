#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace grapevine::gossip {

/// Lets a map with string keys be asked with a view. Not noexcept, for the
/// reason that `message_id_hash` gives.
struct topic_hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view topic) const {
    return std::hash<std::string_view>{}(topic);
  }
};

} // namespace grapevine::gossip
