#include "libp2p/secure/noise_handshake.hpp"

#include <sodium.h>

#include <algorithm>
#include <string_view>

namespace grapevine::libp2p {

namespace {

// As long as a hash, so that it is the first hash itself.
constexpr std::string_view protocol_name = "Noise_XX_25519_ChaChaPoly_SHA256";
static_assert(protocol_name.size() == crypto_hash_sha256_BYTES);

constexpr std::size_t key_size = 32;

void hmac(std::span<const std::uint8_t, 32> key, bytes_view data,
          std::span<std::uint8_t, 32> out) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, key.data(), key.size());
  crypto_auth_hmacsha256_update(&state, data.data(), data.size());
  crypto_auth_hmacsha256_final(&state, out.data());
  sodium_memzero(&state, sizeof(state));
}

/// HKDF with two outputs as the Noise specification defines it in 4.3. The
/// first replaces the chaining key, the second is returned.
secret32 hkdf(secret32& chaining_key, bytes_view input) {
  secret32 temporary;
  hmac(chaining_key.view(), input, temporary.data());
  constexpr std::uint8_t one = 1;
  hmac(temporary.view(), {&one, 1}, chaining_key.data());
  std::array<std::uint8_t, key_size + 1> block{};
  std::copy_n(chaining_key.view().begin(), key_size, block.begin());
  block.back() = 2;
  secret32 second;
  hmac(temporary.view(), block, second.data());
  sodium_memzero(block.data(), block.size());
  return second;
}

} // namespace

x25519_keypair
x25519_keypair::from_seed(std::span<const std::uint8_t, 32> seed) {
  x25519_keypair result{secret32{seed}, {}};
  crypto_scalarmult_base(result.shared.data(), result.secret.view().data());
  return result;
}

// -- noise_symmetric_state ----------------------------------------------------

noise_symmetric_state::noise_symmetric_state() {
  auto name = as_bytes(protocol_name);
  std::copy(name.begin(), name.end(), hash_.begin());
  chaining_key_ = secret32{hash_};
}

void noise_symmetric_state::mix_hash(bytes_view data) {
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  crypto_hash_sha256_update(&state, hash_.data(), hash_.size());
  crypto_hash_sha256_update(&state, data.data(), data.size());
  crypto_hash_sha256_final(&state, hash_.data());
}

void noise_symmetric_state::mix_key(std::span<const std::uint8_t, 32> input) {
  cipher_.emplace(hkdf(chaining_key_, input).view());
}

std::size_t noise_symmetric_state::overhead() const noexcept {
  return cipher_ ? noise_cipher::tag_size : 0;
}

expected<void, noise_error>
noise_symmetric_state::encrypt_and_hash(bytes_view plaintext, bytes& out) {
  auto start = out.size();
  append(out, plaintext);
  out.resize(out.size() + overhead());
  auto text = std::span{out}.subspan(start);
  if (cipher_)
    if (auto sealed = cipher_->seal(hash_, text); !sealed)
      return sealed;
  mix_hash(text);
  return {};
}

expected<void, noise_error>
noise_symmetric_state::decrypt_and_hash(bytes_view ciphertext, bytes& out) {
  if (ciphertext.size() < overhead())
    return unexpected{noise_error::malformed};
  auto start = out.size();
  append(out, ciphertext);
  if (cipher_) {
    auto opened = cipher_->open(hash_, ciphertext, out.data() + start);
    if (!opened)
      return opened;
    out.resize(out.size() - noise_cipher::tag_size);
  }
  mix_hash(ciphertext);
  return {};
}

std::pair<noise_cipher, noise_cipher> noise_symmetric_state::split() const {
  secret32 first{chaining_key_.view()};
  auto second = hkdf(first, {});
  return {noise_cipher{first.view()}, noise_cipher{second.view()}};
}

// -- noise_xx -----------------------------------------------------------------

noise_xx::noise_xx(noise_role role, const x25519_keypair& fixed,
                   x25519_keypair ephemeral, bytes_view prologue)
    : role_{role}, fixed_{&fixed}, ephemeral_{std::move(ephemeral)} {
  symmetric_.mix_hash(prologue);
}

bool noise_xx::our_turn() const noexcept {
  auto initiators = step_ % 2 == 0;
  return !done() && initiators == (role_ == noise_role::initiator);
}

expected<void, noise_error> noise_xx::mix_exchange(const secret32& ours,
                                                   const point& theirs) {
  secret32 common;
  // Refuses keys of low order, whose product is zero whatever our secret is.
  if (crypto_scalarmult(common.data().data(), ours.view().data(), theirs.data())
      != 0)
    return unexpected{noise_error::bad_exchange};
  symmetric_.mix_key(common.view());
  return {};
}

expected<void, noise_error> noise_xx::mix_ee() {
  return mix_exchange(ephemeral_.secret, remote_ephemeral_);
}

expected<void, noise_error> noise_xx::mix_es() {
  return role_ == noise_role::initiator
             ? mix_exchange(ephemeral_.secret, remote_static_)
             : mix_exchange(fixed_->secret, remote_ephemeral_);
}

expected<void, noise_error> noise_xx::mix_se() {
  return role_ == noise_role::initiator
             ? mix_exchange(fixed_->secret, remote_ephemeral_)
             : mix_exchange(ephemeral_.secret, remote_static_);
}

void noise_xx::write_ephemeral(bytes& out) {
  append(out, ephemeral_.shared);
  symmetric_.mix_hash(ephemeral_.shared);
}

expected<void, noise_error> noise_xx::write_static(bytes& out) {
  return symmetric_.encrypt_and_hash(fixed_->shared, out);
}

expected<bytes_view, noise_error> noise_xx::read_ephemeral(bytes_view in) {
  if (in.size() < key_size)
    return unexpected{noise_error::malformed};
  std::copy_n(in.begin(), key_size, remote_ephemeral_.begin());
  symmetric_.mix_hash(remote_ephemeral_);
  return in.subspan(key_size);
}

expected<bytes_view, noise_error> noise_xx::read_static(bytes_view in) {
  auto size = key_size + symmetric_.overhead();
  if (in.size() < size)
    return unexpected{noise_error::malformed};
  bytes key;
  auto read = symmetric_.decrypt_and_hash(in.first(size), key);
  if (!read)
    return unexpected{read.error()};
  std::copy_n(key.begin(), key_size, remote_static_.begin());
  return in.subspan(size);
}

expected<void, noise_error> noise_xx::write_tokens(bytes& out) {
  if (step_ == 0) {
    write_ephemeral(out);
    return {};
  }
  if (step_ == 2)
    return write_static(out).and_then([this] { return mix_se(); });
  write_ephemeral(out);
  return mix_ee().and_then([&] { return write_static(out); }).and_then([this] {
    return mix_es();
  });
}

expected<bytes_view, noise_error> noise_xx::read_tokens(bytes_view in) {
  auto pass_on = [](bytes_view rest) {
    return [rest]() -> expected<bytes_view, noise_error> { return rest; };
  };
  if (step_ == 0)
    return read_ephemeral(in);
  if (step_ == 2)
    return read_static(in).and_then(
        [&](bytes_view rest) { return mix_se().and_then(pass_on(rest)); });
  return read_ephemeral(in)
      .and_then(
          [&](bytes_view rest) { return mix_ee().and_then(pass_on(rest)); })
      .and_then([this](bytes_view rest) { return read_static(rest); })
      .and_then(
          [&](bytes_view rest) { return mix_es().and_then(pass_on(rest)); });
}

expected<void, noise_error> noise_xx::write(bytes_view payload, bytes& out) {
  if (!our_turn())
    return unexpected{noise_error::malformed};
  auto start = out.size();
  auto written = write_tokens(out).and_then(
      [&] { return symmetric_.encrypt_and_hash(payload, out); });
  if (!written)
    out.resize(start);
  else
    ++step_;
  return written;
}

expected<void, noise_error> noise_xx::read(bytes_view message, bytes& payload) {
  if (done() || our_turn())
    return unexpected{noise_error::malformed};
  auto start = payload.size();
  auto read = read_tokens(message).and_then([&](bytes_view rest) {
    return symmetric_.decrypt_and_hash(rest, payload);
  });
  if (!read)
    payload.resize(start);
  else
    ++step_;
  return read;
}

std::pair<noise_cipher, noise_cipher> noise_xx::split() const {
  auto ciphers = symmetric_.split();
  if (role_ == noise_role::responder)
    std::swap(ciphers.first, ciphers.second);
  return ciphers;
}

} // namespace grapevine::libp2p
