#pragma once

#include "gossip/limits.hpp"
#include "gossip/message.hpp"
#include "libp2p/peer_id.hpp"
#include "proto/rpc.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace grapevine::gossip {

/// Names one validation of one copy; never used twice.
using validation_token = std::uint64_t;

/// A peer that sent a copy while another was under validation.
struct forwarder {
  libp2p::peer_id peer;
  /// Whether its bytes were those that the verdict is about.
  bool identical = true;
};

struct validation_queue_options {
  /// Ids under validation at once.
  std::size_t max_messages = limits::validations;
  /// Bytes of frames of all copies held.
  std::size_t max_bytes = limits::validation_bytes;
  /// Peers remembered per id, over all its copies.
  std::size_t max_forwarders = limits::forwarders;
  /// Waiting copies per id that differ in bytes.
  std::size_t max_copies = limits::differing_copies;
};

/// Messages that wait for a verdict. One copy of an id is validated at a time;
/// of further copies that arrive meanwhile those with the same bytes are only
/// noted as forwarders, those with other bytes wait for their turn. So no id is
/// verified twice for nothing, and no forged copy shadows a true one.
class validation_queue {
public:
  /// One copy and who sent these bytes: `senders[0]` brought it.
  struct copy {
    message_ptr msg;
    std::vector<libp2p::peer_id> senders;
  };

  /// What `add_copy` did with a further copy.
  enum class added {
    /// Its id is not under validation.
    unknown,
    /// The same bytes as a copy that is there: noted, nothing is held.
    noted,
    /// Other bytes: held until a verdict.
    held,
    /// No room, or this peer sent a copy before: dropped, and not remembered.
    dropped,
  };

  explicit validation_queue(validation_queue_options options = {});

  /// Whether a copy of `id` is under validation.
  bool contains(const message_id& id) const { return entries_.contains(id); }

  /// Whether there is room for one more id with a frame of `frame_size` bytes.
  bool has_room(std::size_t frame_size) const noexcept;

  /// Begins validating `msg`, whose id must not be under validation. Only if
  /// `has_room`.
  validation_token begin(message_ptr msg, const libp2p::peer_id& from);

  /// A copy of an id that is under validation, if it is.
  added add_copy(const message_id& id, const proto::message_view& msg,
                 const libp2p::peer_id& from);

  /// The copy under validation, or null when `token` is not the current one: a
  /// verdict that came too late.
  const copy* current(const message_id& id, validation_token token) const;

  /// Takes out the copy under validation after a verdict against it, and names
  /// the validation of the next differing copy, which is `current` now. Without
  /// one the id is under validation no more.
  struct step {
    copy decided;
    message_ptr next;
    validation_token token = 0;
  };
  step next_copy(const message_id& id);

  /// Ends the validation of `id` with all its copies, the current one first;
  /// empty if it is not under validation.
  std::vector<copy> finish(const message_id& id);

  /// Ids under validation, and bytes of frames of all their copies.
  std::size_t size() const noexcept { return entries_.size(); }
  std::size_t bytes_held() const noexcept { return bytes_held_; }

private:
  struct entry {
    validation_token token = 0;
    // The one under validation first.
    std::vector<copy> copies;
  };

  validation_queue_options options_;
  std::unordered_map<message_id, entry> entries_;
  std::size_t bytes_held_ = 0;
  validation_token last_token_ = 0;
};

} // namespace grapevine::gossip
