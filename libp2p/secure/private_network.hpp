#pragma once

#include "libp2p/secure/network_key.hpp"
#include "proto/bytes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace grapevine::libp2p {

/// One connection's layer below everything else in a private network
/// (libp2p/specs, pnet/, "Cryptography of Private Networks"): each side sends
/// a nonce, and all bytes behind it are XORed with XSalsa20 under the network's
/// key and that nonce. That keeps strangers out and authenticates nothing: the
/// secure channel above it does.
class private_network {
public:
  static constexpr std::size_t nonce_size = 24;

  /// `key` is never null. `seed`: 32 random bytes for this connection alone, of
  /// which the nonce is a hash.
  private_network(std::shared_ptr<const network_key> key,
                  std::span<const std::uint8_t, 32> seed);

  /// Appends the nonce to `out`, the first time that it is called: nothing may
  /// be sent before.
  void start(bytes& out);

  /// Makes what is sent of `data`, in its place; once, in the order in which it
  /// is sent.
  void protect(std::span<std::uint8_t> data) noexcept;

  /// The same of what came: takes the other side's nonce from its front, and
  /// gives what is left of it. The first bytes of that must be
  /// multistream-select's header, with which every connection begins, or the
  /// other side has another key; `stranger` says so from then on.
  std::span<std::uint8_t> open(std::span<std::uint8_t> data) noexcept;

  /// The other side's nonce has come. A listener says nothing before: who
  /// dials sends it first, and strangers seldom send as much and wait.
  bool greeted() const noexcept { return nonce_read_ == nonce_size; }

  /// The other side has shown that it does not hold the key.
  bool stranger() const noexcept { return stranger_; }

  /// It has shown that it does.
  bool proven() const noexcept;

private:
  using nonce = std::array<std::uint8_t, nonce_size>;

  /// One direction's stream of key bytes.
  struct direction {
    nonce start{};
    /// Bytes so far.
    std::uint64_t position = 0;
  };

  void apply(direction& to, std::span<std::uint8_t> data) const noexcept;
  std::span<std::uint8_t> take_nonce(std::span<std::uint8_t> data) noexcept;
  void check_header(std::span<const std::uint8_t> data) noexcept;

  std::shared_ptr<const network_key> key_;
  direction out_;
  direction in_;
  bool started_ = false;
  bool stranger_ = false;
  /// Bytes of the other side's nonce, and of its header, that have come.
  std::size_t nonce_read_ = 0;
  std::size_t header_read_ = 0;
};

} // namespace grapevine::libp2p
