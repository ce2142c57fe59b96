#pragma once

#include "app/options/api_address.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace grapevine::app {

/// Where the node's gateway is: `127.0.0.1:4081`, `[::1]:4081` or `off`.
struct gateway_address : api_address {};

/// One thing that applications of other processes may do.
enum class gateway_right { read, publish, inspect, validate, admin };

template <>
struct value_text<gateway_address> {
  static parsed<gateway_address> parse(std::string_view text);
  static std::string format(const gateway_address& value);
};

template <>
struct value_text<gateway_right> {
  static parsed<gateway_right> parse(std::string_view text);
  static std::string format(gateway_right value);
  static std::vector<std::string> choices();
};

} // namespace grapevine::app
