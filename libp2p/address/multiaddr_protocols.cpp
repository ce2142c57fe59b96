#include "libp2p/address/multiaddr_protocols.hpp"

#include "libp2p/base/edit_distance.hpp"
#include "libp2p/base/multibase.hpp"
#include "libp2p/identity/peer_id.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <utility>

namespace grapevine::libp2p::detail {

namespace {

// A domain name's length on the wire (RFC 1035) less its root label.
constexpr std::size_t max_dns_size = 253;
// IF_NAMESIZE of Linux is 16; other systems have longer names.
constexpr std::size_t max_zone_size = 64;

template <int Family, std::size_t Size>
std::optional<bytes> parse_ip(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size()
      || text.find('\0') != std::string_view::npos)
    return std::nullopt;
  std::copy(text.begin(), text.end(), terminated.begin());
  bytes value(Size);
  if (inet_pton(Family, terminated.data(), value.data()) != 1)
    return std::nullopt;
  return value;
}

template <int Family, std::size_t Size>
std::optional<std::string> print_ip(bytes_view value) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (value.size() != Size
      || inet_ntop(Family, value.data(), text.data(), text.size()) == nullptr)
    return std::nullopt;
  return std::string{text.data()};
}

/// A number in decimal digits, as bytes in network order.
template <class T>
std::optional<bytes> parse_number(std::string_view text) {
  T number = 0;
  const auto* end = text.data() + text.size();
  const auto [at, code] = std::from_chars(text.data(), end, number);
  const bool padded = text.size() > 1 && text.front() == '0';
  if (code != std::errc{} || at != end || padded)
    return std::nullopt;
  bytes value(sizeof(T));
  std::uint64_t rest = number;
  for (auto byte = value.rbegin(); byte != value.rend(); ++byte) {
    *byte = static_cast<std::uint8_t>(rest);
    rest >>= 8;
  }
  return value;
}

template <class T>
std::optional<std::string> print_number(bytes_view value) {
  if (value.size() != sizeof(T))
    return std::nullopt;
  std::uint64_t number = 0;
  for (const auto byte : value)
    number = number << 8 | byte;
  return std::to_string(number);
}

/// Letters of any script, but nothing that ends a component or that a terminal
/// would act upon.
bool is_plain(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return byte <= ' ' || byte == 0x7f || letter == '/';
  });
}

bool is_name(std::string_view text, std::size_t limit) {
  return !text.empty() && text.size() <= limit && is_plain(text);
}

template <std::size_t Limit>
std::optional<bytes> parse_name(std::string_view text) {
  return is_name(text, Limit) ? std::optional{to_bytes(as_bytes(text))}
                              : std::nullopt;
}

template <std::size_t Limit>
std::optional<std::string> print_name(bytes_view value) {
  return is_name(as_text(value), Limit)
             ? std::optional{grapevine::to_string(value)}
             : std::nullopt;
}

std::optional<bytes> parse_peer(std::string_view text) {
  const auto id = peer_id::from_text(text);
  return id ? std::optional{to_bytes(id->view())} : std::nullopt;
}

std::optional<std::string> print_peer(bytes_view value) {
  const auto id = peer_id::from_bytes(value);
  return id ? std::optional{id->to_base58()} : std::nullopt;
}

std::optional<bytes> parse_hash(std::string_view text) {
  auto hash = decode_multibase(text);
  return hash && !hash->empty() ? std::move(hash) : std::nullopt;
}

// As go and js write it.
std::optional<std::string> print_hash(bytes_view value) {
  auto text = encode_multibase(multibase::base64url, value);
  return !value.empty() && text.size() <= max_multibase_size
             ? std::optional{std::move(text)}
             : std::nullopt;
}

/// Absolute, and no trailing slash: an address' own would be taken for it.
bool is_path(std::string_view text) {
  return text.size() >= 2 && text.front() == '/' && text.back() != '/'
         && text.find('\0') == std::string_view::npos;
}

std::optional<bytes> parse_path(std::string_view text) {
  return is_path(text) ? std::optional{to_bytes(as_bytes(text))} : std::nullopt;
}

std::optional<std::string> print_path(bytes_view value) {
  return is_path(as_text(value)) ? std::optional{grapevine::to_string(value)}
                                 : std::nullopt;
}

std::optional<bytes> parse_nothing(std::string_view text) {
  return text.empty() ? std::optional{bytes{}} : std::nullopt;
}

std::optional<std::string> print_nothing(bytes_view value) {
  return value.empty() ? std::optional{std::string{}} : std::nullopt;
}

constexpr protocol_info flag(addr_protocol code, std::string_view name) {
  return {code, name, value_layout::none, 0, "", parse_nothing, print_nothing};
}

constexpr protocol_info port(addr_protocol code, std::string_view name) {
  return {code,
          name,
          value_layout::fixed,
          2,
          "a port (0 to 65535)",
          parse_number<std::uint16_t>,
          print_number<std::uint16_t>};
}

constexpr protocol_info domain(addr_protocol code, std::string_view name) {
  return {code,
          name,
          value_layout::prefixed,
          0,
          "a domain name",
          parse_name<max_dns_size>,
          print_name<max_dns_size>};
}

constexpr std::array protocols{
    protocol_info{addr_protocol::ip4, "ip4", value_layout::fixed, 4,
                  "an IPv4 address", parse_ip<AF_INET, 4>,
                  print_ip<AF_INET, 4>},
    port(addr_protocol::tcp, "tcp"),
    protocol_info{addr_protocol::ip6, "ip6", value_layout::fixed, 16,
                  "an IPv6 address", parse_ip<AF_INET6, 16>,
                  print_ip<AF_INET6, 16>},
    protocol_info{addr_protocol::ip6zone, "ip6zone", value_layout::prefixed, 0,
                  "an IPv6 zone", parse_name<max_zone_size>,
                  print_name<max_zone_size>},
    domain(addr_protocol::dns, "dns"),
    domain(addr_protocol::dns4, "dns4"),
    domain(addr_protocol::dns6, "dns6"),
    domain(addr_protocol::dnsaddr, "dnsaddr"),
    port(addr_protocol::udp, "udp"),
    flag(addr_protocol::webrtc_direct, "webrtc-direct"),
    flag(addr_protocol::webrtc, "webrtc"),
    flag(addr_protocol::p2p_circuit, "p2p-circuit"),
    protocol_info{addr_protocol::unix_socket, "unix", value_layout::path, 0,
                  "a socket's path", parse_path, print_path},
    protocol_info{addr_protocol::p2p, "p2p", value_layout::prefixed, 0,
                  "a peer id", parse_peer, print_peer},
    flag(addr_protocol::tls, "tls"),
    domain(addr_protocol::sni, "sni"),
    flag(addr_protocol::quic_v1, "quic-v1"),
    flag(addr_protocol::webtransport, "webtransport"),
    protocol_info{addr_protocol::certhash, "certhash", value_layout::prefixed,
                  0, "a multihash in multibase", parse_hash, print_hash},
    flag(addr_protocol::ws, "ws"),
    flag(addr_protocol::wss, "wss"),
    protocol_info{addr_protocol::memory, "memory", value_layout::fixed, 8,
                  "a number", parse_number<std::uint64_t>,
                  print_number<std::uint64_t>},
};

} // namespace

const protocol_info* find_protocol(std::string_view name) noexcept {
  // The name of p2p until 2018; still written by old configurations.
  if (name == "ipfs")
    name = "p2p";
  const auto found =
      std::find_if(protocols.begin(), protocols.end(),
                   [name](const auto& row) { return row.name == name; });
  return found != protocols.end() ? &*found : nullptr;
}

const protocol_info* find_protocol(std::uint64_t code) noexcept {
  const auto found =
      std::find_if(protocols.begin(), protocols.end(), [code](const auto& row) {
        return static_cast<std::uint64_t>(row.code) == code;
      });
  return found != protocols.end() ? &*found : nullptr;
}

std::string nearest_protocols(std::string_view name) {
  // Longer than every known name: what is beyond makes no difference.
  const auto start = name.substr(0, 16);
  std::size_t best = start.size() + 16;
  std::string text;
  for (const auto& row : protocols) {
    // What was left off at the end counts less than what is written wrong.
    const bool begun = !start.empty() && row.name.starts_with(start);
    const auto distance = begun ? 0 : edit_distance(start, row.name);
    if (distance > best)
      continue;
    if (distance < best)
      text.clear();
    best = distance;
    text += text.empty() ? "'" : " or '";
    text += std::string{row.name} + "'";
  }
  return text;
}

} // namespace grapevine::libp2p::detail
