#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine {

/// Bytes that are owned.
using bytes = std::vector<std::uint8_t>;

/// Bytes that somebody else owns and that outlive the call.
using bytes_view = std::span<const std::uint8_t>;

/// Bytes that never change once shared: one buffer for all its receivers.
using shared_bytes = std::shared_ptr<const bytes>;

/// The bytes of a text.
inline bytes_view as_bytes(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// The same bytes seen as characters; not necessarily UTF-8.
inline std::string_view as_text(bytes_view data) noexcept {
  return {reinterpret_cast<const char*>(data.data()), data.size()};
}

/// A copy of `data`.
inline bytes to_bytes(bytes_view data) {
  return {data.begin(), data.end()};
}

/// A copy of `data` as a string.
inline std::string to_string(bytes_view data) {
  return std::string{as_text(data)};
}

/// Appends `data` to `out`.
inline void append(bytes& out, bytes_view data) {
  out.insert(out.end(), data.begin(), data.end());
}

/// Makes room for so many more items at once; a queue that keeps growing still
/// doubles.
template <class T>
void make_room(std::vector<T>& items, std::size_t more) {
  const auto needed = items.size() + more;
  if (needed > items.capacity())
    items.reserve(std::max(needed, 2 * items.capacity()));
}

/// Whether both hold the same bytes. Not for secrets: it stops at the first
/// difference.
inline bool equal(bytes_view a, bytes_view b) noexcept {
  return as_text(a) == as_text(b);
}

} // namespace grapevine
