#include "proto/varint.hpp"

namespace grapevine {

varint_read read_varint(bytes_view in) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (i == max_varint_size)
      return {0, 0, true};
    value |= static_cast<std::uint64_t>(in[i] & 0x7fu) << (7 * i);
    if ((in[i] & 0x80u) == 0) {
      const bool padded = i > 0 && in[i] == 0;
      return padded ? varint_read{0, 0, true}
                    : varint_read{value, i + 1, false};
    }
  }
  return {0, 0, in.size() >= max_varint_size};
}

void append_varint(bytes& out, std::uint64_t value) {
  while (value >= 0x80u) {
    out.push_back(static_cast<std::uint8_t>(value | 0x80u));
    value >>= 7;
  }
  out.push_back(static_cast<std::uint8_t>(value));
}

std::size_t varint_size(std::uint64_t value) noexcept {
  std::size_t size = 1;
  for (; value >= 0x80u; value >>= 7)
    ++size;
  return size;
}

} // namespace grapevine
