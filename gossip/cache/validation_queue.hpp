#pragma once

#include "gossip/limits.hpp"
#include "gossip/message/message.hpp"
#include "libp2p/base/keyed_hash.hpp"
#include "libp2p/identity/peer_id.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
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

/// What bounds a `validation_queue`.
struct validation_queue_options {
  /// Ids under validation at once.
  std::size_t max_messages = limits::validations;
  /// The same of one topic, unless it has a bound of its own; 0: no bound.
  std::size_t max_per_topic = 0;
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
  /// One copy, who brought it first, and who else sent the same bytes.
  struct copy {
    message_ptr msg;
    libp2p::peer_id source;
    std::vector<libp2p::peer_id> forwarders;
  };

  /// What `add_copy` did with a further copy.
  enum class added {
    /// Its id is not under validation.
    unknown,
    /// The same bytes as a copy that is there: noted, nothing is held.
    noted,
    /// Other bytes: held until a verdict.
    held,
    /// This peer sent a copy before: neither noted nor held.
    repeated,
    /// No room: neither noted nor held.
    dropped,
  };

  explicit validation_queue(validation_queue_options options = {});

  /// Whether a copy of `id` is under validation.
  bool contains(const message_id& id) const { return entries_.contains(&id); }

  /// Whether there is room for one more id of `topic` with a frame of
  /// `frame_size` bytes.
  bool has_room(std::string_view topic, std::size_t frame_size) const;

  /// Gives a topic a bound of its own, 0 for none; nothing: the common one
  /// again. Counts what begins from now on.
  void bound_topic(std::string_view topic, std::optional<std::size_t> max);

  /// The common bound from now on (`max_per_topic`).
  void bound_topics(std::size_t max) { options_.max_per_topic = max; }

  /// Begins validating `msg`, whose id must not be under validation. Only if
  /// `has_room`.
  validation_token begin(message_ptr msg, const libp2p::peer_id& from);

  /// A copy of a message whose id is under validation, if it is.
  added add_copy(const message_ptr& msg, const libp2p::peer_id& from);

  /// The copy under validation, or null when `token` is not the current one: a
  /// verdict that came too late.
  const copy* current(const message_id& id, validation_token token) const;

  /// A verdict against a copy, and the copy whose turn it is now.
  struct step {
    copy decided;
    /// Null when there was no other copy.
    message_ptr next;
    libp2p::peer_id source;
    validation_token token = 0;
  };

  /// Takes out the copy under validation, and begins the validation of the next
  /// differing one; without one the id, which must be under validation, is so
  /// no more.
  step next_copy(const message_id& id);

  /// All copies of one id.
  struct copies {
    copy current;
    std::vector<copy> waiting;
  };

  /// Ends the validation of `id` with all its copies; nothing if it is not
  /// under validation.
  std::optional<copies> finish(const message_id& id);

  /// Ids under validation, and bytes of frames of all their copies.
  std::size_t size() const noexcept { return entries_.size(); }
  std::size_t bytes_held() const noexcept { return bytes_held_; }

private:
  /// What is under validation of a topic that has a bound, or its own one.
  struct topic_count {
    std::size_t messages = 0;
    std::optional<std::size_t> max;
  };
  using topic_counts = libp2p::keyed_string_map<topic_count>;

  struct entry {
    validation_token token = 0;
    std::size_t peers = 1;
    copies all;
    // Null where there was no bound when it began. Elements do not move.
    topic_counts::value_type* counted = nullptr;
  };

  bool counts_topics() const noexcept {
    return options_.max_per_topic > 0 || !topics_.empty();
  }
  void release_topic(topic_counts::value_type* topic);

  added add_to(entry& there, const message_ptr& msg,
               const libp2p::peer_id& from);

  validation_queue_options options_;
  // Keyed by the id that the current copy's message holds.
  std::unordered_map<const message_id*, entry, message_id_hash,
                     message_id_equal>
      entries_;
  // Empty as long as no topic has a bound.
  topic_counts topics_;
  std::size_t bytes_held_ = 0;
  validation_token last_token_ = 0;
};

} // namespace grapevine::gossip
