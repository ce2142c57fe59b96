#pragma once

#include "app/options/option_values.hpp"
#include "libp2p/address/ip_address.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace grapevine::app {

/// Where the node's HTTP API is: `127.0.0.1:4080`, `[::1]:4080`,
/// `unix:/run/grapevine/api.sock`, or `off`.
struct api_address {
  enum class kind { off, tcp, unix_socket };

  kind what = kind::off;
  libp2p::ip_address ip;
  std::uint16_t port = 0;
  std::string path;

  /// Only this machine's programs reach it.
  bool is_local() const noexcept {
    return what != kind::tcp || ip.is_loopback();
  }
};

/// Where it is unless told otherwise.
inline constexpr std::string_view default_api = "127.0.0.1:4080";

template <>
struct value_text<api_address> {
  static parsed<api_address> parse(std::string_view text);
  static std::string format(const api_address& value);
};

} // namespace grapevine::app
