#pragma once

#include "actors/node.hpp"
#include "app/failure.hpp"
#include "app/options/settings.hpp"
#include "gateway/network.hpp"

#include <spdlog/logger.h>

#include <cstdint>
#include <memory>
#include <optional>

namespace grapevine::app {

/// The gateway of `run`'s node: looked at before the node is made, so that what
/// is wrong is said at once, and opened when that is up.
class gateway_setup {
public:
  /// As the settings say.
  static outcome<std::shared_ptr<gateway_setup>> of(const settings& s);

  gateway_setup() = default;
  gateway_setup(const gateway_setup&) = delete;
  gateway_setup& operator=(const gateway_setup&) = delete;
  ~gateway_setup() { end(); }

  /// CAF's network is there only if there is to be a gateway.
  void configure(caf::actor_system_config& cfg) const;

  outcome<void> serve(caf::actor_system& sys, const node_actor& node,
                      const std::shared_ptr<spdlog::logger>& log);

  /// Ends what remotes have.
  void end();

private:
  std::optional<gateway_address> where_;
  std::optional<network_tls> tls_;
  gateway_options options_;
  caf::actor_system* sys_ = nullptr;
  gateway_actor gateway_;
  std::uint16_t port_ = 0;
};

/// Whether it could be opened, which it is not.
outcome<void> check_gateway(const settings& s);

} // namespace grapevine::app
