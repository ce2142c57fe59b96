#include "libp2p/secure/noise_cipher.hpp"

#include <algorithm>
#include <limits>

namespace grapevine::libp2p {

namespace {

// Noise reserves the last nonce.
constexpr std::uint64_t no_nonce_left =
    std::numeric_limits<std::uint64_t>::max();

/// Four zero bytes and the counter, little-endian (Noise specification, 12.3).
aead::nonce chacha_nonce(std::uint64_t counter) {
  aead::nonce result{};
  for (std::size_t i = 0; i < 8; ++i)
    result[4 + i] = static_cast<std::uint8_t>(counter >> (8 * i));
  return result;
}

/// Makes room in `scratch` without zeroing again what it had already.
void grow(bytes& scratch, std::size_t size) {
  if (scratch.size() < size)
    scratch.resize(size);
}

} // namespace

std::string to_string(noise_error code) {
  switch (code) {
  case noise_error::malformed:
    return "malformed handshake message";
  case noise_error::too_large:
    return "message too large";
  case noise_error::bad_tag:
    return "authentication failed";
  case noise_error::bad_exchange:
    return "low-order key";
  case noise_error::bad_payload:
    return "invalid handshake payload";
  case noise_error::bad_signature:
    return "wrong signature of the static key";
  case noise_error::wrong_peer:
    return "unexpected peer";
  case noise_error::no_common_muxer:
    return "no common stream muxer";
  case noise_error::nonce_exhausted:
    return "nonces exhausted";
  }
  return "unknown error";
}

// -- noise_cipher -------------------------------------------------------------

noise_cipher::noise_cipher(std::span<const std::uint8_t, 32> key,
                           std::uint64_t nonce)
    : cipher_{aead_kind::chacha20_poly1305, key}, nonce_{nonce} {}

expected<void, noise_error> noise_cipher::seal(bytes_view associated,
                                               std::span<std::uint8_t> text) {
  if (text.size() < tag_size)
    return unexpected{noise_error::malformed};
  if (text.size() > max_record)
    return unexpected{noise_error::too_large};
  if (nonce_ == no_nonce_left)
    return unexpected{noise_error::nonce_exhausted};
  if (!cipher_.seal(chacha_nonce(nonce_), associated, text))
    return unexpected{noise_error::bad_tag};
  ++nonce_;
  return {};
}

expected<void, noise_error> noise_cipher::open(bytes_view associated,
                                               bytes_view ciphertext,
                                               std::uint8_t* out) {
  if (ciphertext.size() < tag_size)
    return unexpected{noise_error::malformed};
  if (ciphertext.size() > max_record)
    return unexpected{noise_error::too_large};
  if (nonce_ == no_nonce_left)
    return unexpected{noise_error::nonce_exhausted};
  if (!cipher_.open(chacha_nonce(nonce_), associated, ciphertext, out))
    return unexpected{noise_error::bad_tag};
  ++nonce_;
  return {};
}

expected<void, noise_error>
noise_cipher::encrypt(std::span<const bytes_view> parts, bytes& out) {
  std::size_t size = 0;
  for (auto part : parts)
    size += part.size();
  if (size > max_plaintext)
    return unexpected{noise_error::too_large};
  // The parts are gathered where the record will be and encrypted in place:
  // this costs no more than making the place would.
  auto start = out.size();
  auto record = size + tag_size;
  out.push_back(static_cast<std::uint8_t>(record >> 8));
  out.push_back(static_cast<std::uint8_t>(record));
  for (auto part : parts)
    append(out, part);
  out.resize(start + header_size + record);
  auto sealed = seal({}, std::span{out}.subspan(start + header_size));
  if (!sealed)
    out.resize(start);
  return sealed;
}

expected<void, noise_error> noise_cipher::encrypt(bytes_view plaintext,
                                                  bytes& out) {
  return encrypt(std::span{&plaintext, 1}, out);
}

expected<bytes_view, noise_error> noise_cipher::decrypt(bytes_view record,
                                                        bytes& scratch) {
  // One byte at least, so that there is an address to write nothing to.
  grow(scratch, std::max<std::size_t>(record.size(), 1));
  if (auto opened = open({}, record, scratch.data()); !opened)
    return unexpected{opened.error()};
  return bytes_view{scratch.data(), record.size() - tag_size};
}

expected<std::span<std::uint8_t>, noise_error>
noise_cipher::decrypt_in_place(std::span<std::uint8_t> record) {
  if (auto opened = open({}, record, record.data()); !opened)
    return unexpected{opened.error()};
  return record.first(record.size() - tag_size);
}

// -- noise_record_reader ------------------------------------------------------

noise_record_reader::noise_record_reader(std::size_t max_record)
    : records_{noise_cipher::header_size, max_record} {}

expected<std::optional<bytes_view>, noise_error>
noise_record_reader::next(bytes_view& chunk) {
  const auto record = records_.next(chunk);
  if (!record)
    return unexpected{noise_error::too_large};
  if (!record->has_value())
    return std::optional<bytes_view>{};
  return std::optional{(*record)->subspan(noise_cipher::header_size)};
}

} // namespace grapevine::libp2p
