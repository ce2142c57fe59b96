#include "libp2p/address/multiaddr.hpp"

#include "libp2p/address/multiaddr_protocols.hpp"
#include "proto/varint.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace grapevine::libp2p {

namespace {

using detail::protocol_info;
using detail::value_layout;

// How much of a foreign text an error repeats.
constexpr std::size_t max_quoted = 96;

/// `text` as far as it can be shown: control characters escaped, the rest cut
/// off. Addresses come from peers and errors go to logs.
std::string shown(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char letter : text.substr(0, max_quoted)) {
    const auto byte = static_cast<unsigned char>(letter);
    if (byte >= ' ' && byte < 0x7f) {
      out.push_back(letter);
    } else {
      out += "\\x";
      out.push_back(digits[byte >> 4]);
      out.push_back(digits[byte & 0xfu]);
    }
  }
  return text.size() > max_quoted ? out + "..." : out;
}

/// Reads the text form from left to right.
class text_reader {
public:
  explicit text_reader(std::string_view text) : whole_{text}, rest_{text} {
    while (rest_.ends_with('/'))
      rest_.remove_suffix(1);
  }

  expected<bytes, multiaddr_error> read() {
    if (whole_.size() > max_addr_text)
      return fail("longer than " + std::to_string(max_addr_text)
                  + " characters");
    if (!whole_.starts_with('/'))
      return fail("an address begins with '/'");
    if (rest_.empty())
      return fail("an address names at least one protocol");
    bytes out;
    for (std::size_t count = 1; !rest_.empty(); ++count) {
      if (count > max_addr_components)
        return fail("more than " + std::to_string(max_addr_components)
                    + " protocols");
      if (auto problem = read_component(out); !problem.empty())
        return fail(problem);
    }
    if (out.size() > max_addr_binary)
      return fail("longer than " + std::to_string(max_addr_binary)
                  + " bytes in binary");
    return out;
  }

private:
  unexpected<multiaddr_error> fail(const std::string& why) const {
    return unexpected{multiaddr_error{'"' + shown(whole_) + "\": " + why}};
  }

  /// What is between the slash in front and the next one.
  std::string_view next_part() {
    const auto end = std::min(rest_.find('/', 1), rest_.size());
    const auto part = rest_.substr(1, end - 1);
    rest_.remove_prefix(end);
    return part;
  }

  std::string_view next_value(value_layout layout) {
    if (layout == value_layout::none)
      return {};
    return layout == value_layout::path ? std::exchange(rest_, {})
                                        : next_part();
  }

  /// Appends the next component's binary form; returns what is wrong, if
  /// anything.
  std::string read_component(bytes& out) {
    const auto name = next_part();
    const auto* protocol = detail::find_protocol(name);
    if (protocol == nullptr)
      return "unknown protocol '" + shown(name) + "', nearest is "
             + detail::nearest_protocols(name);
    if (protocol->layout != value_layout::none && rest_.empty())
      return "'" + shown(name) + "' needs " + std::string{protocol->noun}
             + " behind it";
    const auto text = next_value(protocol->layout);
    const auto value = protocol->parse(text);
    if (!value)
      return "'" + shown(text) + "' is not " + std::string{protocol->noun};
    append_varint(out, static_cast<std::uint64_t>(protocol->code));
    if (protocol->layout == value_layout::prefixed
        || protocol->layout == value_layout::path)
      append_varint(out, value->size());
    append(out, *value);
    return {};
  }

  std::string_view whole_;
  std::string_view rest_;
};

/// One component of the binary form.
struct binary_component {
  const protocol_info* protocol;
  bytes_view value;
  /// Where it begins, and where the next one does.
  std::size_t begin;
  std::size_t end;
};

/// Reads the binary form from left to right.
class binary_reader {
public:
  explicit binary_reader(bytes_view binary) : binary_{binary} {}

  bool done() const { return at_ == binary_.size(); }

  expected<binary_component, std::string> next() {
    const auto begin = at_;
    const auto code = take_varint();
    if (!code)
      return fail(begin, "malformed protocol number");
    const auto* protocol = detail::find_protocol(*code);
    if (protocol == nullptr)
      return fail(begin, "unknown protocol number " + std::to_string(*code));
    const auto name = std::string{protocol->name};
    const auto size = value_size(*protocol);
    if (!size || *size > binary_.size() - at_)
      return fail(begin, "the value of '" + name + "' is cut short");
    const auto value = binary_.subspan(at_, static_cast<std::size_t>(*size));
    at_ += value.size();
    if (protocol->layout == value_layout::path && !done())
      return fail(at_, "nothing may come behind '" + name + "'");
    return binary_component{protocol, value, begin, at_};
  }

private:
  static unexpected<std::string> fail(std::size_t at, const std::string& why) {
    return unexpected{"byte " + std::to_string(at) + ": " + why};
  }

  std::optional<std::uint64_t> take_varint() {
    const auto read = read_varint(binary_.subspan(at_));
    at_ += read.size;
    return read.size > 0 ? std::optional{read.value} : std::nullopt;
  }

  std::optional<std::uint64_t> value_size(const protocol_info& protocol) {
    switch (protocol.layout) {
    case value_layout::none:
      return 0;
    case value_layout::fixed:
      return protocol.size;
    case value_layout::prefixed:
    case value_layout::path:
      return take_varint();
    }
    return std::nullopt;
  }

  bytes_view binary_;
  std::size_t at_ = 0;
};

/// Calls `visit` with each component of an address that was checked before,
/// until it returns false.
template <class Visitor>
void for_each_component(bytes_view binary, Visitor visit) {
  for (binary_reader in{binary}; !in.done();) {
    const auto component = in.next();
    if (!component || !visit(*component))
      return;
  }
}

std::optional<binary_component> last_component(bytes_view binary) {
  std::optional<binary_component> last;
  for_each_component(binary, [&](const auto& component) {
    last = component;
    return true;
  });
  return last;
}

bool ends_in_path(bytes_view binary) {
  const auto last = last_component(binary);
  return last && last->protocol->layout == value_layout::path;
}

/// The last component, where it is `p2p`.
std::optional<binary_component> trailing_peer(bytes_view binary) {
  auto last = last_component(binary);
  if (last && last->protocol->code != addr_protocol::p2p)
    last.reset();
  return last;
}

} // namespace

expected<multiaddr, multiaddr_error>
multiaddr::from_text(std::string_view text) {
  auto binary = text_reader{text}.read();
  if (!binary)
    return unexpected{std::move(binary.error())};
  multiaddr result;
  result.binary_ = std::move(*binary);
  return result;
}

expected<multiaddr, multiaddr_error> multiaddr::from_bytes(bytes_view binary) {
  if (binary.empty())
    return unexpected{multiaddr_error{"an address of no bytes"}};
  if (binary.size() > max_addr_binary)
    return unexpected{multiaddr_error{
        "longer than " + std::to_string(max_addr_binary) + " bytes"}};
  std::size_t count = 0;
  for (binary_reader in{binary}; !in.done();) {
    const auto part = in.next();
    if (!part)
      return unexpected{multiaddr_error{part.error()}};
    const auto& protocol = *part->protocol;
    if (!protocol.print(part->value))
      return unexpected{
          multiaddr_error{"byte " + std::to_string(part->begin)
                          + ": the value of '" + std::string{protocol.name}
                          + "' is not " + std::string{protocol.noun}}};
    if (++count > max_addr_components)
      return unexpected{multiaddr_error{
          "more than " + std::to_string(max_addr_components) + " protocols"}};
  }
  multiaddr result;
  result.binary_ = to_bytes(binary);
  return result;
}

multiaddr multiaddr::from_ip_tcp(std::string_view ip, std::uint16_t port) {
  constexpr std::string_view mapped = "::ffff:";
  const bool is_mapped =
      ip.starts_with(mapped) && ip.find('.') != std::string_view::npos;
  if (is_mapped)
    ip.remove_prefix(mapped.size());
  const auto* family =
      ip.find(':') == std::string_view::npos ? "/ip4/" : "/ip6/";
  auto result =
      from_text(family + std::string{ip} + "/tcp/" + std::to_string(port));
  if (!result)
    throw std::invalid_argument{result.error().reason};
  return std::move(*result);
}

std::string multiaddr::to_text() const {
  std::string text;
  for_each_component(binary_, [&](const auto& part) {
    text += '/';
    text += part.protocol->name;
    // A path begins with its own slash.
    if (part.protocol->layout == value_layout::fixed
        || part.protocol->layout == value_layout::prefixed)
      text += '/';
    text += part.protocol->print(part.value).value_or("");
    return true;
  });
  return text;
}

std::vector<multiaddr::component> multiaddr::components() const {
  std::vector<component> found;
  for_each_component(binary_, [&](const auto& part) {
    found.push_back(
        {part.protocol->code, part.protocol->print(part.value).value_or("")});
    return true;
  });
  return found;
}

std::optional<std::string> multiaddr::value_of(addr_protocol protocol) const {
  std::optional<std::string> found;
  for_each_component(binary_, [&](const auto& part) {
    if (part.protocol->code == protocol)
      found = part.protocol->print(part.value);
    return !found;
  });
  return found;
}

std::optional<peer_id> multiaddr::peer() const {
  const auto last = trailing_peer(binary_);
  if (!last)
    return std::nullopt;
  const auto id = peer_id::from_bytes(last->value);
  return id ? std::optional{*id} : std::nullopt;
}

multiaddr multiaddr::with_peer(const peer_id& id) const {
  if (id.empty())
    throw std::invalid_argument{"an empty peer id in an address"};
  auto result = without_peer();
  if (ends_in_path(binary_))
    return result;
  append_varint(result.binary_, static_cast<std::uint64_t>(addr_protocol::p2p));
  append_varint(result.binary_, id.view().size());
  append(result.binary_, id.view());
  return result;
}

multiaddr multiaddr::without_peer() const {
  auto result = *this;
  if (const auto last = trailing_peer(binary_))
    result.binary_.resize(last->begin);
  return result;
}

} // namespace grapevine::libp2p
