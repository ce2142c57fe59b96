#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace grapevine::interop {

/// Data to publish: what to tell the publisher, and what a receiver must
/// report.
struct payload {
  /// The data as text; empty when it is pseudo-random.
  std::string text;
  /// Seed of pseudo-random data.
  std::uint64_t seed = 0;
  /// Size in bytes.
  std::size_t size = 0;
  /// SHA-256 of the data, in lower-case hexadecimal.
  std::string sha256;

  /// `text`, which must not be empty, as it stands.
  static payload of_text(std::string text);
  /// `size` pseudo-random bytes, see `make_random`.
  static payload of_random(std::uint64_t seed, std::size_t size);
};

/// `size` bytes: SHA-256(seed || counter) for counter 0, 1, 2, …, both numbers
/// as 8 big-endian bytes, one digest after the other, cut off at `size`. Every
/// peer program makes the same.
std::string make_random(std::uint64_t seed, std::size_t size);

/// SHA-256 of `data`, in lower-case hexadecimal.
std::string sha256_hex(std::string_view data);

} // namespace grapevine::interop
