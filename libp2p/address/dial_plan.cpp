#include "libp2p/address/dial_plan.hpp"

#include "libp2p/address/multiaddr_protocols.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace grapevine::libp2p {

namespace {

using components = std::span<const multiaddr::component>;

/// The addresses of one transport.
struct address_shape {
  transport_kind transport;
  /// Whether it begins with an IP address or a name.
  bool has_host;
  /// What follows, in this order; the first has the port.
  std::array<addr_protocol, 1> layers;
  /// For errors.
  std::string_view dialled;
  std::string_view listened;
};

constexpr std::array shapes{
    address_shape{transport_kind::tcp,
                  true,
                  {addr_protocol::tcp},
                  "/ip4, /ip6, /dns, /dns4 and /dns6 with /tcp, /dnsaddr",
                  "/ip4/…/tcp/… and /ip6/…/tcp/…"},
    address_shape{transport_kind::memory,
                  false,
                  {addr_protocol::memory},
                  "/memory",
                  "/memory/…"},
};

std::string name_of(addr_protocol protocol) {
  const auto* known =
      detail::find_protocol(static_cast<std::uint64_t>(protocol));
  return "/" + std::string{known->name};
}

/// What the transports that are offered take: "A, B".
std::string list(std::span<const transport_kind> offered,
                 std::string_view address_shape::*text) {
  std::string result;
  for (const auto& shape : shapes)
    if (std::ranges::find(offered, shape.transport) != offered.end())
      result += (result.empty() ? "" : ", ") + std::string{shape.*text};
  return result;
}

// How many parts say which host it is: a link-local address of IPv6 needs the
// interface on which it is.
std::size_t host_parts(components parts) {
  return parts.size() > 1 && parts[0].protocol == addr_protocol::ip6zone
                 && parts[1].protocol == addr_protocol::ip6
             ? 2
             : 1;
}

// What these say; nothing for what is neither an IP address nor a name.
std::optional<dial_plan> begin(components parts) {
  using family = dial_plan::family;
  const auto& first = parts[host_parts(parts) - 1];
  if (first.protocol == addr_protocol::ip6 && host_parts(parts) == 2)
    return dial_plan{
        {}, first.value + "%" + parts[0].value, false, {}, family::ip6, {}};
  const auto host = [&](bool is_name, family wanted) {
    return dial_plan{{}, first.value, is_name, {}, wanted, {}};
  };
  switch (first.protocol) {
  case addr_protocol::ip4:
    return host(false, family::ip4);
  case addr_protocol::ip6:
    return host(false, family::ip6);
  case addr_protocol::dns:
    return host(true, family::any);
  case addr_protocol::dns4:
    return host(true, family::ip4);
  case addr_protocol::dns6:
    return host(true, family::ip6);
  default:
    return std::nullopt;
  }
}

/// How many parts of an address are as the shape has them.
std::size_t matching(const address_shape& shape, components parts) {
  std::size_t count = 0;
  if (shape.has_host) {
    if (!begin(parts))
      return 0;
    count = host_parts(parts);
  }
  for (const auto layer : shape.layers) {
    if (count == parts.size() || parts[count].protocol != layer)
      break;
    ++count;
  }
  return count;
}

/// The shape of which an address has most.
const address_shape* nearest(components parts,
                             std::span<const transport_kind> offered) {
  const address_shape* best = nullptr;
  std::size_t most = 0;
  for (const auto& shape : shapes) {
    const auto count = matching(shape, parts);
    if (count <= most
        || std::ranges::find(offered, shape.transport) == offered.end())
      continue;
    best = &shape;
    most = count;
  }
  return best;
}

/// How to dial an address of several parts; or what is wrong with it.
expected<dial_plan, std::string> plan(components parts,
                                      std::span<const transport_kind> offered) {
  const auto unsupported = [&](std::size_t at) {
    // A relay's id tells less than that it is one.
    while (at + 1 < parts.size() && parts[at].protocol == addr_protocol::p2p)
      ++at;
    return unexpected{name_of(parts[at].protocol)
                      + " is not supported for dialling"};
  };
  const auto* shape = nearest(parts, offered);
  if (shape == nullptr)
    return unsupported(0);
  const auto count = matching(*shape, parts);
  const auto hosts = shape->has_host ? host_parts(parts) : 0;
  if (count < parts.size())
    return unsupported(count);
  if (count < hosts + shape->layers.size())
    return unexpected{"it has no " + name_of(shape->layers[count - hosts])
                      + "/PORT"};
  auto result = begin(parts).value_or(dial_plan{});
  result.transport = shape->transport;
  result.port = parts[hosts].value;
  return result;
}

/// `_p2p._tcp.example.org`: what SRV records are of (RFC 2782).
bool is_service(std::string_view name) {
  const auto next = name.find("._");
  return name.size() > 1 && name.front() == '_' && next > 1
         && next != std::string_view::npos
         && name.find('.', next + 3) != std::string_view::npos;
}

/// How to look up an address that has nothing but a name, as whoever answers
/// for it tells where to dial; nothing for others.
std::optional<dial_plan> name_alone(components parts) {
  if (parts.size() != 1)
    return std::nullopt;
  if (parts[0].protocol == addr_protocol::dnsaddr)
    return dial_plan{{}, parts[0].value, true, dial_plan::lookup::text, {}, {}};
  auto result = begin(parts);
  if (!result || !result->is_name || !is_service(result->host))
    return std::nullopt;
  result->by = dial_plan::lookup::service;
  return result;
}

} // namespace

expected<dial_plan, std::string>
plan_dial(const multiaddr& address, std::span<const transport_kind> offered) {
  const auto possible =
      "; possible are " + list(offered, &address_shape::dialled);
  const auto parts = address.without_peer().components();
  if (parts.empty())
    return unexpected{"it does not say where to dial" + possible};
  const bool has_tcp =
      std::ranges::find(offered, transport_kind::tcp) != offered.end();
  if (auto name = name_alone(parts); name && has_tcp)
    return *std::move(name);
  if (has_tcp && parts[0].protocol == addr_protocol::dnsaddr)
    return unexpected<std::string>{"behind /dnsaddr and its name there may be "
                                   "nothing but /p2p/ID"};
  auto result = plan(parts, offered);
  if (!result)
    return unexpected{result.error() + possible};
  if (result->transport == transport_kind::tcp && result->port == "0")
    return unexpected<std::string>{"port 0 cannot be dialled"};
  return result;
}

expected<transport_kind, std::string>
plan_listen(const multiaddr& address, std::span<const transport_kind> offered) {
  const auto parts = address.without_peer().components();
  if (!parts.empty())
    if (const auto found = plan(parts, offered); found && !found->is_name)
      return found->transport;
  return unexpected{"only " + list(offered, &address_shape::listened)
                    + " are possible"};
}

} // namespace grapevine::libp2p
