#include "app/options/api_address.hpp"

#include <charconv>
#include <optional>
#include <sys/un.h>

namespace grapevine::app {

namespace {

constexpr std::string_view unix_prefix = "unix:";

std::optional<std::uint16_t> port_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return port;
}

// The address before the last colon; of IPv6 in brackets, as in URLs.
std::optional<libp2p::ip_address> ip_of(std::string_view text) {
  const bool bracketed = text.starts_with('[') && text.ends_with(']');
  if (bracketed)
    text = text.substr(1, text.size() - 2);
  const auto ip = libp2p::ip_address::from_text(text);
  if (!ip || (text.find(':') != std::string_view::npos) != bracketed)
    return std::nullopt;
  return ip;
}

parsed<api_address> unix_address(std::string_view path) {
  if (path.empty())
    return unexpected<std::string>{"must name a file behind unix:"};
  if (constexpr auto most = sizeof(sockaddr_un{}.sun_path) - 1;
      path.size() > most)
    return unexpected{"has a path that is too long for a socket: at most "
                      + std::to_string(most) + " bytes are possible"};
  api_address result;
  result.what = api_address::kind::unix_socket;
  result.path = path;
  return result;
}

} // namespace

parsed<api_address> value_text<api_address>::parse(std::string_view text) {
  if (text == "off")
    return api_address{};
  if (text.starts_with(unix_prefix))
    return unix_address(text.substr(unix_prefix.size()));
  api_address result;
  result.what = api_address::kind::tcp;
  if (const auto colon = text.rfind(':'); colon != std::string_view::npos)
    if (const auto ip = ip_of(text.substr(0, colon)))
      if (const auto port = port_of(text.substr(colon + 1))) {
        result.ip = *ip;
        result.port = *port;
        return result;
      }
  return unexpected<std::string>{
      "must be an IP address with a port such as 127.0.0.1:4080 or [::1]:4080, "
      "unix: and a file, or off"};
}

std::string value_text<api_address>::format(const api_address& value) {
  switch (value.what) {
  case api_address::kind::off:
    return "off";
  case api_address::kind::unix_socket:
    return std::string{unix_prefix} + value.path;
  case api_address::kind::tcp:
    break;
  }
  const auto ip = value.ip.to_text();
  return (value.ip.is_v4() ? ip : '[' + ip + ']') + ':'
         + std::to_string(value.port);
}

} // namespace grapevine::app
