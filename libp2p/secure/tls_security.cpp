#include "libp2p/secure/tls_security.hpp"

#include "libp2p/secure/tls_context.hpp"
#include "libp2p/secure/tls_handshake.hpp"

#include <utility>

namespace grapevine::libp2p {

namespace {

class tls_security final : public security_protocol {
public:
  explicit tls_security(std::shared_ptr<const tls_context> context)
      : context_{std::move(context)} {}

  std::string_view id() const noexcept override { return tls_protocol; }

  std::unique_ptr<secure_handshake>
  begin(role who, const std::optional<peer_id>& wanted,
        std::span<const std::uint8_t, 32> /*seed*/,
        std::size_t max_message) const override {
    return std::make_unique<tls_handshake>(context_, who, wanted, max_message);
  }

private:
  std::shared_ptr<const tls_context> context_;
};

} // namespace

std::shared_ptr<const security_protocol>
make_tls_security(const private_key& key, const random_source& random,
                  const wall_clock& time,
                  const std::vector<std::string>& muxers) {
  return std::make_shared<tls_security>(
      std::make_shared<const tls_context>(key, random, time, muxers));
}

} // namespace grapevine::libp2p
