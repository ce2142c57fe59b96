#pragma once

#include "app/options/api_address.hpp"

#include <string>
#include <string_view>

namespace grapevine::app {

/// Where a running node is found: at the address that it has for `--api`, which
/// may be written as the node says it: `http://127.0.0.1:4080`. Its machine may
/// be named: `https://node.example:4080`.
struct node_place {
  /// Of a named machine, this has the port alone.
  api_address where;
  /// Empty if the address was given.
  std::string name{};
  /// It speaks HTTPS.
  bool tls = false;

  /// `node.example:4080`: the same without a scheme.
  std::string authority() const;
};

template <>
struct value_text<node_place> {
  static parsed<node_place> parse(std::string_view text);
  static std::string format(const node_place& value);
};

} // namespace grapevine::app
