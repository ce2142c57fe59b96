#include "gossip/partial/bitmap_parts.hpp"

#include <algorithm>
#include <bit>

namespace grapevine::gossip {

namespace {

constexpr std::size_t header_size = 5;

/// One part as it stands in an encoding.
struct encoded_part {
  std::size_t number = 0;
  bytes_view data;
  /// With its header.
  bytes_view all;
};

/// Calls `each(part)` for every part; false if the bytes end within one.
template <class Each>
bool scan(bytes_view encoded, Each each) {
  while (!encoded.empty()) {
    if (encoded.size() < header_size)
      return false;
    std::size_t size = 0;
    for (const auto byte : encoded.subspan(1, header_size - 1))
      size = size << 8 | byte;
    if (size > encoded.size() - header_size)
      return false;
    each(encoded_part{encoded[0], encoded.subspan(header_size, size),
                      encoded.first(header_size + size)});
    encoded = encoded.subspan(header_size + size);
  }
  return true;
}

void append_part(bytes& out, std::size_t number, bytes_view data) {
  out.push_back(static_cast<std::uint8_t>(number));
  for (const unsigned shift : {24u, 16u, 8u, 0u})
    out.push_back(static_cast<std::uint8_t>(data.size() >> shift));
  append(out, data);
}

} // namespace

void part_set::insert(std::size_t part) {
  if (part / 8 >= bits_.size())
    bits_.resize(part / 8 + 1);
  bits_[part / 8] = static_cast<std::uint8_t>(bits_[part / 8] | 1u << part % 8);
}

void part_set::merge(const part_set& other) {
  if (bits_.size() < other.bits_.size())
    bits_.resize(other.bits_.size());
  for (std::size_t i = 0; i < other.bits_.size(); ++i)
    bits_[i] = static_cast<std::uint8_t>(bits_[i] | other.bits_[i]);
}

std::size_t part_set::size() const noexcept {
  std::size_t count = 0;
  for (const auto byte : bits_)
    count += static_cast<std::size_t>(std::popcount(byte));
  return count;
}

void numbered_parts::set(std::size_t part, bytes_view data) {
  parts_.at(part) = to_bytes(data);
}

const bytes* numbered_parts::get(std::size_t part) const noexcept {
  return part < parts_.size() && parts_[part] ? &*parts_[part] : nullptr;
}

bool numbered_parts::merge(bytes_view encoded) {
  bool known = true;
  const bool whole = scan(encoded, [&](const encoded_part& part) {
    known = known && part.number < parts_.size();
  });
  if (!whole || !known)
    return false;
  scan(encoded, [&](const encoded_part& part) {
    if (!parts_[part.number])
      parts_[part.number] = to_bytes(part.data);
  });
  return true;
}

bytes numbered_parts::encode(const part_set& which) const {
  bytes out;
  for (std::size_t i = 0; i < parts_.size(); ++i)
    if (parts_[i] && which.contains(i))
      append_part(out, i, *parts_[i]);
  return out;
}

bytes numbered_parts::encode() const {
  return encode(available());
}

part_set numbered_parts::available() const {
  part_set all{bytes((parts_.size() + 7) / 8)};
  for (std::size_t i = 0; i < parts_.size(); ++i)
    if (parts_[i])
      all.insert(i);
  return all;
}

bool numbered_parts::complete() const noexcept {
  return std::all_of(parts_.begin(), parts_.end(),
                     [](const auto& part) { return part.has_value(); });
}

bool bitmap_parts::valid(bytes_view metadata) const {
  return metadata.size() <= (count_ + 7) / 8;
}

part_choice bitmap_parts::choose(bytes_view held, const peer_parts& peer,
                                 std::size_t room) const {
  part_choice choice{{}, to_bytes(peer.sent)};
  if (!peer.metadata && !eager_)
    return choice;
  part_set sent{peer.sent};
  const part_set has{peer.metadata.value_or(bytes_view{})};
  scan(held, [&](const encoded_part& part) {
    if (has.contains(part.number) || sent.contains(part.number)
        || part.all.size() > room - choice.parts.size())
      return;
    append(choice.parts, part.all);
    sent.insert(part.number);
  });
  choice.sent = sent.bits();
  return choice;
}

} // namespace grapevine::gossip
