#pragma once

#include "proto/bytes.hpp"
#include "sim/event_queue.hpp"
#include "sim/sim_report.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace grapevine::sim {

/// A node's place in its network.
using node_index = std::uint32_t;

/// A message's number in its ledger.
using message_number = std::uint64_t;

/// Keeps account of what was published, who must get it, and who got it when.
/// The number of a message is the beginning of its data.
class message_ledger {
public:
  /// A delivery later than `deadline` counts as none. `slice` is how much time
  /// each part of `slices` is about; 0: there are none.
  explicit message_ledger(tick deadline, tick slice = 0)
      : deadline_{deadline}, slice_{slice} {}

  /// The data of the next message, at least as large as its number.
  bytes next_payload(std::size_t size) const;

  /// It was published; `expected` by others than its author, who may be among
  /// them.
  void published(node_index author, const std::vector<node_index>& expected,
                 std::size_t nodes, tick now);

  /// The message with this data came from `source` and was delivered. What
  /// does not count is only remembered for the hops of others.
  void delivered(node_index node, bytes_view payload, node_index source,
                 bool counts, tick now);

  /// The node is gone, with all that it knows: nothing that may still come is
  /// expected any longer.
  void gone(node_index node, tick now);

  /// Forgets everything.
  void clear();

  /// By when messages were published.
  const std::vector<time_slice>& slices() const noexcept { return slices_; }

  tally& counts() noexcept { return tally_; }
  const tally& counts() const noexcept { return tally_; }

private:
  enum class state : std::uint8_t {
    /// It may come or not.
    unexpected,
    expected,
    delivered,
    /// The node had it, and left.
    gone,
  };

  // A node and a message; the hops are those from the author. There may be
  // millions.
  struct entry {
    state what : 2 = state::unexpected;
    std::uint8_t hops : 6 = 0;
  };
  static constexpr unsigned most_hops = 63;

  struct record {
    tick at = 0;
    std::vector<entry> nodes;
  };

  bool open(const record& msg, tick now) const noexcept {
    return now - msg.at <= deadline_;
  }

  // Changes what is expected, or delivered, of what was published then.
  time_slice* slice_of(tick published);

  tick deadline_;
  tick slice_;
  std::vector<time_slice> slices_;
  // The number of the first record.
  message_number first_ = 0;
  std::vector<record> records_;
  tally tally_;
};

} // namespace grapevine::sim
