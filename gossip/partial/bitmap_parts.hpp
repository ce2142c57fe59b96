#pragma once

#include "gossip/partial/partial_rules.hpp"
#include "proto/bytes.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace grapevine::gossip {

/// A set of parts by number, as it is sent: bit `i % 8` of byte `i / 8` stands
/// for part `i`. What a set does not reach to is not in it.
class part_set {
public:
  part_set() = default;
  explicit part_set(bytes_view bits) : bits_{to_bytes(bits)} {}

  bool contains(std::size_t part) const noexcept {
    return part / 8 < bits_.size() && (bits_[part / 8] >> part % 8 & 1u) != 0;
  }
  void insert(std::size_t part);
  void merge(const part_set& other);
  std::size_t size() const noexcept;
  const bytes& bits() const noexcept { return bits_; }

private:
  bytes bits_;
};

/// A message of numbered parts, some of which may be missing.
///
/// Encoded, each part is its number (1 byte), its size (4 bytes, big-endian)
/// and its bytes.
class numbered_parts {
public:
  /// As many as a number of one byte can tell apart.
  static constexpr std::size_t most = 256;

  /// `count` is at most `most`.
  explicit numbered_parts(std::size_t count) : parts_(count) {}

  void set(std::size_t part, bytes_view data);
  /// Null if it is missing.
  const bytes* get(std::size_t part) const noexcept;

  /// Takes the parts that are missing here out of an encoding, which a peer may
  /// have sent. Nothing is taken, and false given, if it makes no sense.
  /// Whether the parts are the true ones is the application's to check.
  bool merge(bytes_view encoded);

  /// Those parts of `which` that are there.
  bytes encode(const part_set& which) const;
  /// All that are there.
  bytes encode() const;

  /// Which are there, as long as the set of all: the metadata.
  part_set available() const;
  bool complete() const noexcept;

private:
  std::vector<std::optional<bytes>> parts_;
};

/// The rules for messages of `numbered_parts`: metadata is the set of the parts
/// that one has, and all others are wanted.
class bitmap_parts : public part_rules {
public:
  /// With `eager`, parts are pushed to who has not said yet what it has.
  explicit bitmap_parts(std::size_t count, bool eager = false) noexcept
      : count_{count}, eager_{eager} {}

  bool valid(bytes_view metadata) const override;
  part_choice choose(bytes_view held, const peer_parts& peer,
                     std::size_t room) const override;

private:
  std::size_t count_;
  bool eager_;
};

} // namespace grapevine::gossip
