#include "libp2p/secure/noise_cipher.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <new>

namespace grapevine::libp2p {

namespace {

// Noise reserves the last nonce.
constexpr std::uint64_t no_nonce_left =
    std::numeric_limits<std::uint64_t>::max();

/// Four zero bytes and the counter, little-endian (Noise specification, 12.3).
std::array<std::uint8_t, 12> chacha_nonce(std::uint64_t counter) {
  std::array<std::uint8_t, 12> result{};
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

// OpenSSL rather than libsodium: its ChaCha20-Poly1305 is twice as fast from
// 1 KiB on, and as fast below.
noise_cipher::noise_cipher(std::span<const std::uint8_t, 32> key,
                           std::uint64_t nonce)
    : context_{EVP_CIPHER_CTX_new()}, nonce_{nonce} {
  if (context_ == nullptr
      || EVP_CipherInit_ex(context_.get(), EVP_chacha20_poly1305(), nullptr,
                           key.data(), nullptr, 1)
             != 1)
    throw std::bad_alloc{};
}

void noise_cipher::context_deleter::operator()(
    evp_cipher_ctx_st* context) const noexcept {
  EVP_CIPHER_CTX_free(context);
}

expected<void, noise_error> noise_cipher::begin(bool encrypting,
                                                bytes_view associated) {
  if (nonce_ == no_nonce_left)
    return unexpected{noise_error::nonce_exhausted};
  auto* context = context_.get();
  auto nonce = chacha_nonce(nonce_);
  auto ok = EVP_CipherInit_ex(context, nullptr, nullptr, nullptr, nonce.data(),
                              encrypting ? 1 : 0);
  if (ok == 1 && !associated.empty()) {
    int ignored = 0;
    ok = EVP_CipherUpdate(context, nullptr, &ignored, associated.data(),
                          static_cast<int>(associated.size()));
  }
  if (ok != 1)
    return unexpected{noise_error::bad_tag};
  return {};
}

expected<void, noise_error> noise_cipher::seal(bytes_view associated,
                                               std::span<std::uint8_t> text) {
  if (text.size() < tag_size)
    return unexpected{noise_error::malformed};
  if (text.size() > max_record)
    return unexpected{noise_error::too_large};
  if (auto ready = begin(true, associated); !ready)
    return ready;
  auto* context = context_.get();
  auto size = text.size() - tag_size;
  int written = 0;
  int rest = 0;
  auto ok = EVP_EncryptUpdate(context, text.data(), &written, text.data(),
                              static_cast<int>(size))
                == 1
            && EVP_EncryptFinal_ex(context, text.data() + written, &rest) == 1
            && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, tag_size,
                                   text.data() + size)
                   == 1;
  if (!ok)
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
  if (auto ready = begin(false, associated); !ready)
    return ready;
  auto* context = context_.get();
  auto size = ciphertext.size() - tag_size;
  // OpenSSL's signature is not const-correct; it only reads the tag.
  auto* tag = const_cast<std::uint8_t*>(ciphertext.data() + size);
  int written = 0;
  int rest = 0;
  auto ok =
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, tag_size, tag) == 1
      && EVP_DecryptUpdate(context, out, &written, ciphertext.data(),
                           static_cast<int>(size))
             == 1
      && EVP_DecryptFinal_ex(context, out + written, &rest) == 1;
  if (!ok)
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

namespace {

std::size_t record_length(bytes_view header) {
  return static_cast<std::size_t>(header[0]) << 8 | header[1];
}

} // namespace

noise_record_reader::noise_record_reader(std::size_t max_record)
    : max_record_{max_record} {}

std::size_t noise_record_reader::wanted() const noexcept {
  constexpr auto header = noise_cipher::header_size;
  return fill_ < header ? header : header + record_length(held_);
}

expected<std::optional<bytes_view>, noise_error>
noise_record_reader::next(bytes_view& chunk) {
  constexpr auto header = noise_cipher::header_size;
  if (fill_ == 0 && chunk.size() >= header) {
    auto length = record_length(chunk);
    if (length > max_record_)
      return unexpected{noise_error::too_large};
    if (chunk.size() >= header + length) {
      auto record = chunk.subspan(header, length);
      chunk = chunk.subspan(header + length);
      return std::optional{record};
    }
  }
  while (!chunk.empty()) {
    // Memory grows with what was received, never with what was announced.
    auto take = std::min(wanted() - fill_, chunk.size());
    grow(held_, fill_ + take);
    std::memcpy(held_.data() + fill_, chunk.data(), take);
    fill_ += take;
    chunk = chunk.subspan(take);
    if (fill_ < header)
      continue;
    auto length = record_length(held_);
    if (length > max_record_)
      return unexpected{noise_error::too_large};
    if (fill_ == header + length) {
      fill_ = 0;
      return std::optional{bytes_view{held_}.subspan(header, length)};
    }
  }
  return std::optional<bytes_view>{};
}

void noise_record_reader::shrink() {
  held_.resize(fill_);
  held_.shrink_to_fit();
}

} // namespace grapevine::libp2p
