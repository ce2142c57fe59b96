#include "gossip/protocol.hpp"

namespace grapevine::gossip {

namespace {

constexpr std::array<std::string_view, 5> ids{
    "/floodsub/1.0.0", "/meshsub/1.0.0", "/meshsub/1.1.0",
    "/meshsub/1.2.0",  "/meshsub/1.3.0",
};

constexpr std::array newest_first{version::v1_3, version::v1_2, version::v1_1,
                                  version::v1_0, version::floodsub};

} // namespace

std::string_view protocol_id(version v) noexcept {
  return ids[static_cast<std::size_t>(v)];
}

std::optional<version> version_of(std::string_view protocol_id) noexcept {
  for (std::size_t i = 0; i < ids.size(); ++i)
    if (ids[i] == protocol_id)
      return static_cast<version>(i);
  return std::nullopt;
}

std::span<const version> offered_versions() noexcept {
  return newest_first;
}

} // namespace grapevine::gossip
