#pragma once

#include "libp2p/secure/secure_channel.hpp"
#include "tests/support/session_pair.hpp"

#include <limits>
#include <memory>
#include <optional>
#include <utility>

namespace grapevine::test {

/// A channel that encrypts nothing, in records of a two-byte length.
class plain_channel final : public libp2p::secure_channel {
public:
  /// Less than Noise's, so that it shows whose limit is accepted.
  static constexpr std::size_t largest = 5'000;

  /// Records that it writes at most.
  explicit plain_channel(std::size_t records) : left_{records} {}

  std::size_t max_plaintext() const noexcept override { return largest; }

  expected<void, libp2p::secure_error>
  encrypt(std::span<const bytes_view> parts, bytes& out) override {
    std::size_t size = 0;
    for (const auto& part : parts)
      size += part.size();
    if (size > largest || left_ == 0)
      return unexpected{libp2p::secure_error::cannot_encrypt};
    --left_;
    out.push_back(static_cast<std::uint8_t>(size >> 8));
    out.push_back(static_cast<std::uint8_t>(size));
    for (const auto& part : parts)
      append(out, part);
    return {};
  }

  expected<std::optional<bytes_view>, libp2p::secure_error>
  next(bytes_view& chunk, std::span<std::uint8_t> /*writable*/) override {
    held_.erase(held_.begin(), held_.begin() + static_cast<long>(given_));
    given_ = 0;
    append(held_, std::exchange(chunk, {}));
    if (held_.size() < 2)
      return std::optional<bytes_view>{};
    const auto size = std::size_t{held_[0]} << 8 | held_[1];
    if (size > largest)
      return unexpected{libp2p::secure_error::bad_record};
    if (held_.size() < 2 + size)
      return std::optional<bytes_view>{};
    given_ = 2 + size;
    return std::optional{bytes_view{held_}.subspan(2, size)};
  }

  void finish(bytes& /*out*/) override {}
  void shrink() override {}

private:
  std::size_t left_;
  bytes held_;
  std::size_t given_ = 0;
};

/// A second security protocol beside the table's: each side says its public
/// key, which the other believes. It leaves the muxer to multistream-select.
class plain_security final : public libp2p::security_protocol {
public:
  static constexpr std::string_view name = "/plain-for-tests";

  explicit plain_security(
      std::uint8_t number,
      std::size_t records = std::numeric_limits<std::size_t>::max())
      : hello_{numbered_identity(number)->key().public_part().to_protobuf()},
        records_{records} {}

  std::string_view id() const noexcept override { return name; }

  std::unique_ptr<libp2p::secure_handshake>
  begin(libp2p::role /*who*/, const std::optional<libp2p::peer_id>& wanted,
        std::span<const std::uint8_t, 32> /*seed*/,
        std::size_t max_message) const override {
    return std::make_unique<handshake>(*this, wanted, max_message);
  }

private:
  class handshake final : public libp2p::secure_handshake {
  public:
    handshake(const plain_security& self,
              const std::optional<libp2p::peer_id>& wanted,
              std::size_t max_message)
        : hello_{self.hello_}, records_{self.records_}, wanted_{wanted},
          max_message_{max_message} {}

    void start(bytes& out) override {
      out.push_back(static_cast<std::uint8_t>(hello_.size()));
      append(out, hello_);
    }

    expected<std::optional<libp2p::secure_result>, libp2p::secure_error>
    feed(bytes_view& in, bytes& /*out*/) override {
      while (!in.empty() && (held_.empty() || held_.size() < 1u + held_[0])) {
        held_.push_back(in.front());
        in = in.subspan(1);
      }
      if (held_.empty() || held_.size() < 1u + held_[0])
        return std::optional<libp2p::secure_result>{};
      auto key =
          libp2p::public_key::from_protobuf(bytes_view{held_}.subspan(1));
      if (!key || held_.size() > max_message_)
        return unexpected{libp2p::secure_error::bad_handshake};
      const auto peer = libp2p::peer_id::of(*key);
      proven_ = peer;
      if (wanted_ && *wanted_ != peer)
        return unexpected{libp2p::secure_error::wrong_peer};
      return std::optional{
          libp2p::secure_result{peer, std::move(*key), std::nullopt,
                                std::make_unique<plain_channel>(records_)}};
    }

    std::optional<libp2p::peer_id> proven() const override { return proven_; }

    std::string problem() const override { return {}; }

  private:
    bytes hello_;
    std::size_t records_;
    std::optional<libp2p::peer_id> proven_;
    std::optional<libp2p::peer_id> wanted_;
    std::size_t max_message_;
    bytes held_;
  };

  bytes hello_;
  std::size_t records_;
};

} // namespace grapevine::test
