#include "libp2p/secure/security_table.hpp"

#include "libp2p/secure/noise.hpp"
#include "libp2p/secure/noise_security.hpp"
#include "libp2p/secure/tls_security.hpp"

#include <algorithm>
#include <array>

namespace grapevine::libp2p {

namespace {

// In the order of go-libp2p (DefaultSecurity in its defaults.go, v0.51).
constexpr std::array table{
    security_row{security_kind::tls, tls_protocol,
                 [](const security_needs& of) {
                   return make_tls_security(of.key, of.random, of.time,
                                            of.muxers);
                 }},
    security_row{security_kind::noise, noise_protocol,
                 [](const security_needs& of) {
                   return make_noise_security(of.key, of.random, of.muxers);
                 }},
};

} // namespace

std::span<const security_row> security_table() noexcept {
  return table;
}

security_protocols make_security(const security_needs& of,
                                 std::span<const security_kind> wanted) {
  security_protocols result;
  if (wanted.empty())
    for (const auto& row : table)
      result.push_back(row.make(of));
  for (auto kind = wanted.begin(); kind != wanted.end(); ++kind)
    if (std::find(wanted.begin(), kind, *kind) == kind)
      result.push_back(
          std::ranges::find(table, *kind, &security_row::kind)->make(of));
  return result;
}

} // namespace grapevine::libp2p
