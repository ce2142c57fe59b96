#pragma once

#include "app/options/api_address.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace grapevine::app {

/// Where a running node is found: at the address that it has for `--api`, which
/// may be written as the node says it: `http://127.0.0.1:4080`.
struct node_place {
  api_address where;
};

template <>
struct value_text<node_place> {
  static parsed<node_place> parse(std::string_view text);
  static std::string format(const node_place& value);
};

namespace client {

/// A running node, and what lets a program in.
struct node_access {
  api_address where;
  /// The bearer token, if there is one.
  std::optional<std::string> token;
};

} // namespace client

} // namespace grapevine::app
