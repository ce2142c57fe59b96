#pragma once

#include "proto/bytes.hpp"

#include <array>
#include <bitset>
#include <cstddef>
#include <optional>
#include <vector>

namespace grapevine::interop {

/// How many parts every message has.
inline constexpr std::size_t part_count = 8;

/// Some of them: bit i stands for part i. As a byte it is what peers tell each
/// other.
using part_set = std::bitset<part_count>;

part_set set_of(bytes_view metadata);
bytes metadata_of(part_set parts);
std::vector<int> indices_of(part_set parts);

/// A message of which some parts may be missing, see "Messages in parts" in the
/// README.
class part_message {
public:
  part_set have() const;

  void set(std::size_t index, bytes data);

  /// The first of `parts`, all of which are there, that fit into `room` bytes
  /// when encoded.
  part_set fitting(part_set parts, std::size_t room) const;

  /// `parts`, all of which are there.
  bytes encode(part_set parts) const;

  /// Takes the parts out of an encoded message; false if it is malformed.
  bool merge(bytes_view encoded);

  /// All parts, one after the other.
  bytes joined() const;

private:
  std::array<std::optional<bytes>, part_count> parts_;
};

} // namespace grapevine::interop
