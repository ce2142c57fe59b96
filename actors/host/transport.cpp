#include "actors/host/transport.hpp"

#include "actors/host/tcp_transport.hpp"

#include <algorithm>
#include <utility>

namespace grapevine {

transport_table::transport_table(
    std::vector<std::shared_ptr<const transport>> rows)
    : rows_{std::move(rows)} {
  for (const auto& row : rows_)
    kinds_.push_back(row->kind());
}

expected<stream_listener_ptr, std::string>
transport_table::listen(const libp2p::multiaddr& address) const {
  const auto kind = libp2p::plan_listen(address, kinds_);
  if (!kind)
    return unexpected{"cannot listen on " + address.to_text() + ": "
                      + kind.error()};
  return at(*kind).listen(address.without_peer());
}

// Plans are made of nothing else.
const transport& transport_table::at(libp2p::transport_kind kind) const {
  return **std::ranges::find(rows_, kind,
                             [](const auto& row) { return row->kind(); });
}

transport_table default_transports() {
  return transport_table{{std::make_shared<tcp_transport>()}};
}

} // namespace grapevine
