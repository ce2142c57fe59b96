#pragma once

#include <string_view>

namespace grapevine::app {

/// What the values of an option are. Decides how they are read and written, how
/// the configuration file has them and how a shell completes them.
enum class option_kind {
  /// `on` or `off`; of what is optional itself: whether it is there.
  flag,
  /// A whole number that is not negative.
  number,
  /// A number, perhaps with a fraction.
  real,
  /// Bytes.
  size,
  /// A time; in whole seconds if it is kept as such.
  duration,
  /// How a counter fades: in what time, or by what factor.
  decay,
  /// A multiaddr.
  address,
  /// A multiaddr that ends in `/p2p/ID`.
  peer_address,
  /// A multiaddr that others can be told of.
  announced,
  /// A range of IP addresses, or a multiaddr.
  address_range,
  /// A peer's id.
  peer,
  /// IP addresses.
  ip_range,
  /// A topic's name.
  topic,
  /// What names of topics look like.
  pattern,
  /// A file.
  path,
  /// A fork digest.
  digest,
  /// One of a few words.
  choice,
  /// A text of the option's own kind.
  text,
};

/// What stands for a value in the help: `N`.
constexpr std::string_view placeholder_of(option_kind kind) {
  switch (kind) {
  case option_kind::flag:
    return "on|off";
  case option_kind::number:
    return "N";
  case option_kind::real:
    return "X";
  case option_kind::size:
    return "SIZE";
  case option_kind::duration:
    return "TIME";
  case option_kind::decay:
    return "FADING";
  case option_kind::address:
  case option_kind::peer_address:
  case option_kind::announced:
    return "ADDR";
  case option_kind::address_range:
    return "RANGE";
  case option_kind::peer:
    return "ID";
  case option_kind::ip_range:
    return "RANGE";
  case option_kind::topic:
    return "NAME";
  case option_kind::pattern:
    return "PATTERN";
  case option_kind::path:
    return "FILE";
  case option_kind::digest:
    return "HEX";
  case option_kind::choice:
    return "WORD";
  case option_kind::text:
    return "TEXT";
  }
  return "";
}

} // namespace grapevine::app
