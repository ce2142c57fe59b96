#include "libp2p/secure/noise_security.hpp"

#include "libp2p/secure/noise.hpp"
#include "libp2p/secure/noise_channel.hpp"

#include <utility>

namespace grapevine::libp2p {

namespace {

secure_error to_secure_error(noise_error code) {
  switch (code) {
  case noise_error::wrong_peer:
    return secure_error::wrong_peer;
  case noise_error::no_common_muxer:
    return secure_error::no_common_muxer;
  default:
    return secure_error::bad_handshake;
  }
}

/// A `noise_handshake` whose ciphers become a channel.
class handshake final : public secure_handshake {
public:
  explicit handshake(noise_handshake noise) : noise_{std::move(noise)} {}

  void start(bytes& out) override { noise_.start(out); }

  expected<std::optional<secure_result>, secure_error>
  feed(bytes_view& in, bytes& out) override {
    const auto used = noise_.feed(in, out);
    if (!used) {
      failed_ = used.error();
      return unexpected{to_secure_error(used.error())};
    }
    in = in.subspan(*used);
    if (!noise_.done())
      return std::optional<secure_result>{};
    return std::optional{result()};
  }

  std::optional<peer_id> proven() const override {
    return noise_.remote_peer();
  }

  std::string problem() const override {
    return failed_ ? to_string(*failed_) : std::string{};
  }

private:
  secure_result result() {
    auto [remote, muxer, send, receive] = noise_.take_result();
    return {
        remote.peer, std::move(remote.key), std::move(muxer),
        std::make_unique<noise_channel>(std::move(send), std::move(receive))};
  }

  noise_handshake noise_;
  std::optional<noise_error> failed_;
};

/// Noise with this node's credentials.
class noise_security final : public security_protocol {
public:
  explicit noise_security(std::shared_ptr<const noise_credentials> credentials)
      : credentials_{std::move(credentials)} {}

  std::string_view id() const noexcept override { return noise_protocol; }

  std::unique_ptr<secure_handshake>
  begin(role who, const std::optional<peer_id>& wanted,
        std::span<const std::uint8_t, 32> seed,
        std::size_t max_message) const override {
    const auto side =
        who == role::dialer ? noise_role::initiator : noise_role::responder;
    return std::make_unique<handshake>(
        noise_handshake{credentials_, side, seed, wanted, max_message});
  }

private:
  std::shared_ptr<const noise_credentials> credentials_;
};

} // namespace

std::shared_ptr<const security_protocol>
make_noise_security(const private_key& key, const random_source& random,
                    const std::vector<std::string>& muxers) {
  const auto static_seed = random();
  return std::make_shared<noise_security>(
      noise_credentials::create(key, static_seed, muxers));
}

} // namespace grapevine::libp2p
