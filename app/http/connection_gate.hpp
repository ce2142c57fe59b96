#pragma once

#include "libp2p/address/ip_address.hpp"

#include <cstddef>
#include <unordered_map>

namespace grapevine::app::http {

/// How many connections clients have, in all and from one address. No actor, no
/// clock.
class connection_gate {
public:
  struct options {
    std::size_t total = 512;
    std::size_t per_address = 256;
  };

  explicit connection_gate(const options& o) : options_{o} {}

  /// One more; or false, and it is not let in.
  bool enter(const libp2p::ip_prefix& from) {
    if (size_ >= options_.total)
      return false;
    auto& count = counts_[from];
    if (count >= options_.per_address)
      return false;
    ++count;
    ++size_;
    return true;
  }

  /// One that was let in has ended.
  void leave(const libp2p::ip_prefix& from) {
    const auto found = counts_.find(from);
    if (found == counts_.end())
      return;
    --size_;
    if (--found->second == 0)
      counts_.erase(found);
  }

  std::size_t size() const noexcept { return size_; }

private:
  options options_;
  std::size_t size_ = 0;
  std::unordered_map<libp2p::ip_prefix, std::size_t> counts_;
};

} // namespace grapevine::app::http
