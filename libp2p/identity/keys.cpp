#include "libp2p/identity/keys.hpp"

#include "libp2p/base/secret.hpp"
#include "libp2p/identity/key_protobuf.hpp"
#include "libp2p/identity/library_key.hpp"

#include <sodium.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

namespace grapevine::libp2p {

namespace {

constexpr std::size_t seed_size = crypto_sign_ed25519_SEEDBYTES;
constexpr std::size_t public_size = crypto_sign_ed25519_PUBLICKEYBYTES;
constexpr std::size_t secret_size = crypto_sign_ed25519_SECRETKEYBYTES;
constexpr std::size_t deprecated_size = secret_size + public_size;

/// libsodium chooses its fastest code and opens its random source once.
void need_sodium() {
  static const bool ready = sodium_init() >= 0;
  if (!ready)
    throw std::runtime_error{"libsodium cannot be initialised"};
}

} // namespace

std::string to_string(key_type type) {
  switch (type) {
  case key_type::rsa:
    return "RSA";
  case key_type::ed25519:
    return "Ed25519";
  case key_type::secp256k1:
    return "secp256k1";
  case key_type::ecdsa:
    return "ECDSA";
  }
  return "unknown key type";
}

std::string to_string(key_error code) {
  switch (code) {
  case key_error::malformed:
    return "not the protobuf of a key";
  case key_error::unknown_type:
    return "unknown key type";
  case key_error::bad_key:
    return "not a valid key of its type";
  }
  return "unknown key error";
}

// -- public_key ---------------------------------------------------------------

public_key::public_key(std::span<const std::uint8_t, 32> ed25519) noexcept
    : type_{key_type::ed25519} {
  std::copy(ed25519.begin(), ed25519.end(), ed25519_.begin());
}

public_key::public_key(key_type type,
                       std::shared_ptr<const detail::library_key> key) noexcept
    : type_{type}, library_{std::move(key)} {}

expected<public_key, key_error> public_key::from_protobuf(bytes_view encoded) {
  const auto fields = detail::parse_key_fields(encoded);
  if (!fields)
    return unexpected{fields.error()};
  return from_raw(fields->type, fields->data);
}

expected<public_key, key_error> public_key::from_raw(key_type type,
                                                     bytes_view raw) {
  if (type == key_type::ed25519) {
    if (raw.size() != public_size)
      return unexpected{key_error::bad_key};
    return public_key{raw.first<public_size>()};
  }
  auto key = detail::library_key::read_public(type, raw);
  if (!key)
    return unexpected{key_error::bad_key};
  return public_key{type, std::move(key)};
}

key_type public_key::type() const noexcept {
  return type_;
}

bytes_view public_key::raw() const noexcept {
  return library_ ? library_->public_raw() : bytes_view{ed25519_};
}

bytes public_key::to_protobuf() const {
  bytes out;
  detail::append_key_fields(out, type_, raw());
  return out;
}

bool public_key::verify(bytes_view message, bytes_view signature) const {
  if (library_)
    return library_->verify(message, signature);
  need_sodium();
  return signature.size() == crypto_sign_ed25519_BYTES
         && crypto_sign_ed25519_verify_detached(signature.data(),
                                                message.data(), message.size(),
                                                ed25519_.data())
                == 0;
}

bool operator==(const public_key& a, const public_key& b) noexcept {
  return a.type_ == b.type_ && equal(a.raw(), b.raw());
}

// -- private_key --------------------------------------------------------------

struct private_key::state {
  /// libsodium's form: the seed and the public key.
  static std::shared_ptr<const state>
  of_seed(std::span<const std::uint8_t, seed_size> seed) {
    need_sodium();
    secret_bytes secret{secret_size};
    std::array<std::uint8_t, public_size> pub{};
    crypto_sign_ed25519_seed_keypair(pub.data(), secret.data(), seed.data());
    return std::make_shared<const state>(
        std::move(secret), nullptr,
        *public_key::from_raw(key_type::ed25519, pub));
  }

  /// The public part is a key of its own, so that its copies do not keep the
  /// secret alive.
  static std::shared_ptr<const state>
  of_library(key_type type, detail::library_key::pointer key) {
    auto pub = public_key::from_raw(type, key->public_raw());
    if (!pub)
      throw std::runtime_error{"a library gave a private key of no public key"};
    return std::make_shared<const state>(secret_bytes{0}, std::move(key),
                                         std::move(*pub));
  }

  state(secret_bytes ed, detail::library_key::pointer other, public_key pub)
      : ed25519{std::move(ed)}, library{std::move(other)},
        public_part{std::move(pub)} {}

  secret_bytes ed25519;
  // Null for Ed25519.
  detail::library_key::pointer library;
  public_key public_part;
};

private_key::private_key(std::shared_ptr<const state> s) noexcept
    : state_{std::move(s)} {}

private_key
private_key::ed25519_from_seed(std::span<const std::uint8_t, 32> seed) {
  return private_key{state::of_seed(seed)};
}

private_key private_key::generate(key_type type) {
  if (type != key_type::ed25519)
    return private_key{
        state::of_library(type, detail::library_key::generate(type))};
  need_sodium();
  secret_bytes seed{seed_size};
  randombytes_buf(seed.data(), seed.size());
  return ed25519_from_seed(seed.view().first<seed_size>());
}

namespace {

/// The seed of an Ed25519 private key, where all its copies of the public key
/// agree with each other.
std::optional<std::span<const std::uint8_t, seed_size>>
ed25519_seed(bytes_view data) {
  if (data.size() != secret_size && data.size() != deprecated_size)
    return std::nullopt;
  const auto pub = data.subspan(seed_size, public_size);
  if (data.size() == deprecated_size && !equal(pub, data.last(public_size)))
    return std::nullopt;
  return data.first<seed_size>();
}

} // namespace

expected<private_key, key_error>
private_key::from_protobuf(bytes_view encoded) {
  const auto fields = detail::parse_key_fields(encoded);
  if (!fields)
    return unexpected{fields.error()};
  if (fields->type != key_type::ed25519) {
    auto key = detail::library_key::read_private(fields->type, fields->data);
    if (!key)
      return unexpected{key_error::bad_key};
    return private_key{state::of_library(fields->type, std::move(key))};
  }
  const auto seed = ed25519_seed(fields->data);
  if (!seed)
    return unexpected{key_error::bad_key};
  auto key = ed25519_from_seed(*seed);
  // A foreign public half would make signatures that give the secret away.
  if (!equal(key.public_part().raw(),
             fields->data.subspan(seed_size, public_size)))
    return unexpected{key_error::bad_key};
  return key;
}

bytes private_key::to_protobuf() const {
  bytes out;
  if (!state_->library) {
    detail::append_key_fields(out, key_type::ed25519, state_->ed25519.view());
    return out;
  }
  const auto raw = state_->library->private_raw();
  detail::append_key_fields(out, public_part().type(), raw.view());
  return out;
}

const public_key& private_key::public_part() const noexcept {
  return state_->public_part;
}

bytes private_key::sign(bytes_view message) const {
  if (state_->library)
    return state_->library->sign(message);
  bytes signature(crypto_sign_ed25519_BYTES);
  crypto_sign_ed25519_detached(signature.data(), nullptr, message.data(),
                               message.size(), state_->ed25519.view().data());
  return signature;
}

} // namespace grapevine::libp2p
