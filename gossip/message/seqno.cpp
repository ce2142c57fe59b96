#include "gossip/message/seqno.hpp"

namespace grapevine::gossip {

seqno_bytes encode_seqno(std::uint64_t seqno) noexcept {
  seqno_bytes out{};
  for (std::size_t i = out.size(); i-- > 0; seqno >>= 8)
    out[i] = static_cast<std::uint8_t>(seqno);
  return out;
}

std::optional<std::uint64_t> decode_seqno(bytes_view field) noexcept {
  if (field.size() != seqno_bytes{}.size())
    return std::nullopt;
  std::uint64_t seqno = 0;
  for (const std::uint8_t byte : field)
    seqno = seqno << 8 | byte;
  return seqno;
}

} // namespace grapevine::gossip
