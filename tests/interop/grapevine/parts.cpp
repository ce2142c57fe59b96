#include "tests/interop/grapevine/parts.hpp"

#include <cstdint>
#include <utility>

namespace grapevine::interop {

namespace {

/// The index and the length of a part.
constexpr std::size_t header_size = 5;

} // namespace

part_set set_of(bytes_view metadata) {
  return metadata.empty() ? part_set{} : part_set{metadata.front()};
}

bytes metadata_of(part_set parts) {
  return {static_cast<std::uint8_t>(parts.to_ulong())};
}

std::vector<int> indices_of(part_set parts) {
  std::vector<int> indices;
  for (std::size_t i = 0; i < part_count; ++i)
    if (parts[i])
      indices.push_back(static_cast<int>(i));
  return indices;
}

part_set part_message::have() const {
  part_set parts;
  for (std::size_t i = 0; i < part_count; ++i)
    parts[i] = parts_[i].has_value();
  return parts;
}

void part_message::set(std::size_t index, bytes data) {
  parts_.at(index) = std::move(data);
}

part_set part_message::fitting(part_set parts, std::size_t room) const {
  part_set chosen;
  for (std::size_t i = 0; i < part_count; ++i) {
    if (!parts[i])
      continue;
    const auto size = header_size + parts_[i]->size();
    if (size > room)
      break;
    room -= size;
    chosen.set(i);
  }
  return chosen;
}

bytes part_message::encode(part_set parts) const {
  bytes encoded;
  for (std::size_t i = 0; i < part_count; ++i) {
    if (!parts[i])
      continue;
    const auto& data = *parts_[i];
    encoded.push_back(static_cast<std::uint8_t>(i));
    for (int shift = 24; shift >= 0; shift -= 8)
      encoded.push_back(static_cast<std::uint8_t>(data.size() >> shift));
    append(encoded, data);
  }
  return encoded;
}

bool part_message::merge(bytes_view encoded) {
  while (!encoded.empty()) {
    if (encoded.size() < header_size || encoded[0] >= part_count)
      return false;
    auto& part = parts_[encoded[0]];
    std::size_t size = 0;
    for (std::size_t i = 1; i < header_size; ++i)
      size = size << 8 | encoded[i];
    encoded = encoded.subspan(header_size);
    if (size > encoded.size())
      return false;
    if (!part)
      part = to_bytes(encoded.first(size));
    encoded = encoded.subspan(size);
  }
  return true;
}

bytes part_message::joined() const {
  bytes all;
  for (const auto& part : parts_)
    if (part)
      append(all, *part);
  return all;
}

} // namespace grapevine::interop
