#include "libp2p/mux/yamux_frame.hpp"

#include <array>

namespace grapevine::libp2p {

namespace {

std::uint32_t read_u32(const std::uint8_t* in) noexcept {
  return (std::uint32_t{in[0]} << 24) | (std::uint32_t{in[1]} << 16)
         | (std::uint32_t{in[2]} << 8) | std::uint32_t{in[3]};
}

void write_u32(std::uint8_t* out, std::uint32_t value) noexcept {
  out[0] = static_cast<std::uint8_t>(value >> 24);
  out[1] = static_cast<std::uint8_t>(value >> 16);
  out[2] = static_cast<std::uint8_t>(value >> 8);
  out[3] = static_cast<std::uint8_t>(value);
}

} // namespace

std::string to_string(yamux_header_error code) {
  switch (code) {
  case yamux_header_error::wrong_version:
    return "wrong yamux version";
  case yamux_header_error::unknown_type:
    return "unknown yamux frame type";
  }
  return "unknown yamux header error";
}

expected<yamux_header, yamux_header_error>
decode_yamux_header(std::span<const std::uint8_t, yamux_header_size> in) {
  if (in[0] != 0)
    return unexpected{yamux_header_error::wrong_version};
  if (in[1] > static_cast<std::uint8_t>(yamux_type::go_away))
    return unexpected{yamux_header_error::unknown_type};
  yamux_header result;
  result.type = static_cast<yamux_type>(in[1]);
  result.flags = static_cast<std::uint16_t>((in[2] << 8) | in[3]);
  result.stream = read_u32(&in[4]);
  result.length = read_u32(&in[8]);
  return result;
}

void append_yamux_header(bytes& out, const yamux_header& header) {
  std::array<std::uint8_t, yamux_header_size> raw{};
  raw[1] = static_cast<std::uint8_t>(header.type);
  raw[2] = static_cast<std::uint8_t>(header.flags >> 8);
  raw[3] = static_cast<std::uint8_t>(header.flags);
  write_u32(&raw[4], header.stream);
  write_u32(&raw[8], header.length);
  append(out, raw);
}

} // namespace grapevine::libp2p
