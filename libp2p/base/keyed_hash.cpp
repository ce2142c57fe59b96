#include "libp2p/base/keyed_hash.hpp"

#include "libp2p/base/fixed_hash.hpp"

#include <sodium.h>

#include <stdexcept>

namespace grapevine::libp2p {

static_assert(std::tuple_size_v<hash_key> == crypto_shorthash_KEYBYTES);
static_assert(sizeof(std::uint64_t) == crypto_shorthash_BYTES);

namespace {

hash_key draw_key() {
  if (sodium_init() < 0)
    throw std::runtime_error("libsodium cannot be used");
  hash_key key;
  randombytes_buf(key.data(), key.size());
  return key;
}

hash_key& process_key() {
  static hash_key key = draw_key();
  return key;
}

} // namespace

void use_fixed_hash_key() {
  process_key() = {};
}

std::uint64_t keyed_hash(std::string_view data, const hash_key& key) {
  std::array<unsigned char, crypto_shorthash_BYTES> out;
  crypto_shorthash(out.data(),
                   reinterpret_cast<const unsigned char*>(data.data()),
                   data.size(), key.data());
  std::uint64_t result = 0;
  for (std::size_t i = out.size(); i-- > 0;)
    result = result << 8 | out[i];
  return result;
}

std::uint64_t keyed_hash(std::string_view data) {
  return keyed_hash(data, process_key());
}

} // namespace grapevine::libp2p
