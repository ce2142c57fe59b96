#include "libp2p/secure/security_table.hpp"

#include "libp2p/secure/noise.hpp"
#include "libp2p/secure/noise_security.hpp"

#include <array>

namespace grapevine::libp2p {

namespace {

constexpr std::array table{
    security_row{noise_protocol, make_noise_security},
};

} // namespace

std::span<const security_row> security_table() noexcept {
  return table;
}

security_protocols make_security(const private_key& key,
                                 const random_source& random,
                                 const std::vector<std::string>& muxers) {
  security_protocols result;
  for (const auto& row : table)
    result.push_back(row.make(key, random, muxers));
  return result;
}

} // namespace grapevine::libp2p
