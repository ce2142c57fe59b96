#include "tests/interop/grapevine/payload.hpp"

#include "gossip/message/digest.hpp"

namespace grapevine::interop {

bytes make_payload(std::uint64_t seed, std::size_t size) {
  const auto big_endian = [](bytes& out, std::uint64_t number) {
    for (int shift = 56; shift >= 0; shift -= 8)
      out.push_back(static_cast<std::uint8_t>(number >> shift));
  };
  bytes payload;
  for (std::uint64_t counter = 0; payload.size() < size; ++counter) {
    bytes block;
    big_endian(block, seed);
    big_endian(block, counter);
    append(payload, as_bytes(gossip::digest(block)));
  }
  payload.resize(size);
  return payload;
}

} // namespace grapevine::interop
