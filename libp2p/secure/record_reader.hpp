#pragma once

#include "proto/bytes.hpp"
#include "proto/expected.hpp"

#include <cstddef>
#include <optional>

namespace grapevine::libp2p {

/// A record is longer than its reader takes.
struct record_too_large {};

/// Cuts a byte stream into records: a header, whose last two bytes are the
/// big-endian length of what follows, and so many bytes. A record that lies
/// whole in a chunk is not copied; of others at most one is held.
class record_reader {
public:
  /// `header`: bytes of a header, two at least. `max_record`: the longest
  /// record without its header; a longer one stops the reader.
  record_reader(std::size_t header, std::size_t max_record)
      : header_{header}, max_record_{max_record} {}

  /// The next record with its header, taken from the front of `chunk` (which is
  /// shortened by what was used); nothing when `chunk` is used up. To be called
  /// until it gives nothing. The view, into `chunk` or into the reader, is
  /// valid until the next call.
  expected<std::optional<bytes_view>, record_too_large> next(bytes_view& chunk);

  /// Bytes held of an incomplete record.
  std::size_t buffered() const noexcept { return fill_; }

  /// Gives back the memory of past records; for connections that fall idle.
  void shrink();

private:
  /// Of a record whose header is at the front of `data`.
  std::size_t length(bytes_view data) const noexcept;
  std::size_t wanted() const noexcept;

  std::size_t header_;
  std::size_t max_record_;
  // The incomplete record with its header; its size is a high-water mark.
  bytes held_;
  std::size_t fill_ = 0;
};

} // namespace grapevine::libp2p
