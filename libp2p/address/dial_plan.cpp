#include "libp2p/address/dial_plan.hpp"

#include "libp2p/address/multiaddr_protocols.hpp"

#include <optional>

namespace grapevine::libp2p {

namespace {

constexpr auto possible =
    "; possible are /ip4, /ip6, /dns, /dns4 and /dns6 with /tcp";

unexpected<std::string> unsupported(addr_protocol protocol) {
  const auto* known =
      detail::find_protocol(static_cast<std::uint64_t>(protocol));
  return unexpected{"/" + std::string{known->name}
                    + " is not supported for dialling" + possible};
}

// What the first part says; nothing for what is neither an IP address nor a
// name.
std::optional<dial_plan> begin(const multiaddr::component& first) {
  using family = dial_plan::family;
  switch (first.protocol) {
  case addr_protocol::ip4:
    return dial_plan{first.value, false, family::ip4, {}};
  case addr_protocol::ip6:
    return dial_plan{first.value, false, family::ip6, {}};
  case addr_protocol::dns:
    return dial_plan{first.value, true, family::any, {}};
  case addr_protocol::dns4:
    return dial_plan{first.value, true, family::ip4, {}};
  case addr_protocol::dns6:
    return dial_plan{first.value, true, family::ip6, {}};
  default:
    return std::nullopt;
  }
}

} // namespace

expected<dial_plan, std::string> plan_dial(const multiaddr& address) {
  const auto parts = address.without_peer().components();
  if (parts.empty())
    return unexpected{"it does not say where to dial" + std::string{possible}};
  auto plan = begin(parts[0]);
  if (!plan)
    return unsupported(parts[0].protocol);
  if (parts.size() == 1)
    return unexpected{"it has no /tcp/PORT" + std::string{possible}};
  if (parts[1].protocol != addr_protocol::tcp)
    return unsupported(parts[1].protocol);
  if (parts.size() > 2)
    return unsupported(parts[2].protocol);
  plan->port = parts[1].value;
  if (plan->port == "0")
    return unexpected<std::string>{"port 0 cannot be dialled"};
  return *std::move(plan);
}

} // namespace grapevine::libp2p
