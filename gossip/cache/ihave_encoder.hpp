#pragma once

#include "gossip/cache/ihave_part.hpp"
#include "gossip/stream/ihave_frames.hpp"
#include "proto/ihave_frames.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace grapevine::gossip {

/// Encodes what many peers are told of a topic once: a heartbeat tells a part
/// of all that are subscribed, which may be thousands, of the same ids.
class ihave_encoder {
public:
  /// Bytes of what is kept for the next peer; more begins anew.
  static constexpr std::size_t max_kept = std::size_t{4} * 1024 * 1024;

  /// Frames of at most `max_size` bytes for these parts, valid until the next
  /// call. Of a list of which a peer is told a part alone it gets whole
  /// entries, as many as there are ids in the part at most, from the one on in
  /// which the part begins.
  const ihave_frames& encode(std::span<const ihave_part> parts,
                             std::size_t max_size);

  /// Bytes that are kept.
  std::size_t kept() const noexcept { return kept_; }

private:
  using list = std::weak_ptr<const proto::ihave>;

  // By address, and how many ids an entry may have.
  using own_list = std::pair<const proto::ihave*, std::size_t>;

  // All of a list. Whether it still is at its address `of` says.
  struct topic {
    list of;
    std::size_t max_size = 0;
    std::vector<proto::ihave_entry> entries;
    std::size_t dropped = 0;
  };

  // Which entries of a list, the first and how many; after the last comes the
  // first.
  struct choice {
    list of;
    std::size_t first = 0;
    std::size_t count = 0;
  };

  static own_list list_of(const ihave_part& part);
  const topic& entries_of(const ihave_part& part, std::size_t max_size);
  static choice choose(const ihave_part& part, const topic& all);
  bool is_last(std::span<const choice> chosen, std::size_t max_size) const;
  void pack(std::span<const ihave_part> parts, std::span<const choice> chosen,
            std::size_t max_size);

  std::map<own_list, topic> topics_;
  std::size_t kept_ = 0;
  // What the last peer got, and for which choices.
  std::vector<choice> last_;
  std::size_t last_max_size_ = 0;
  ihave_frames frames_;
  // Of one call; kept for their memory.
  std::vector<choice> chosen_;
  std::vector<const proto::ihave_entry*> packed_;
};

} // namespace grapevine::gossip
