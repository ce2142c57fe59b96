#include "app/options/gateway_values.hpp"

#include "app/options/choices.hpp"

#include <array>

namespace grapevine::app {

namespace {

constexpr std::array<choice<gateway_right>, 5> rights{{
    {"read", gateway_right::read},
    {"publish", gateway_right::publish},
    {"inspect", gateway_right::inspect},
    {"validate", gateway_right::validate},
    {"admin", gateway_right::admin},
}};

} // namespace

parsed<gateway_address>
value_text<gateway_address>::parse(std::string_view text) {
  const auto read = value_text<api_address>::parse(text);
  if (read && read->what != api_address::kind::unix_socket)
    return gateway_address{*read};
  return unexpected<std::string>{
      "must be an IP address with a port such as 127.0.0.1:4081 or "
      "[::1]:4081, or off"};
}

std::string value_text<gateway_address>::format(const gateway_address& value) {
  return value_text<api_address>::format(value);
}

parsed<gateway_right> value_text<gateway_right>::parse(std::string_view text) {
  return find_choice(rights, text);
}

std::string value_text<gateway_right>::format(gateway_right value) {
  return text_of(rights, value);
}

std::vector<std::string> value_text<gateway_right>::choices() {
  return texts_of(rights);
}

} // namespace grapevine::app
