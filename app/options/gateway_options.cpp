#include "app/options/choices.hpp"
#include "app/options/gateway_values.hpp"
#include "app/options/option_table.hpp"

#include <array>

namespace grapevine::app {

namespace {

using enum option_kind;

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

void add_gateway_options(option_table& t) {
  t.heading("Gateway")
      .add<text>("gateway", &settings::gateway,
                 "Lets applications of other processes use the node here, by "
                 "CAF's network: an address with a port, or off; any other "
                 "than loopback needs certificates on both sides")
      .placeholder("ADDR:PORT")
      .fallback("off", "off")
      .only(scope::run_only)
      .add<path>("gateway-ca", &settings::gateway_ca,
                 "Root, in PEM, for these applications alone: whoever has a "
                 "certificate that it has signed may use the gateway, and no "
                 "one else")
      .only(scope::run_only)
      .add<path>("gateway-certificate", &settings::gateway_certificate,
                 "The gateway's certificate, which that root has signed, in "
                 "PEM")
      .only(scope::run_only)
      .add<path>("gateway-key", &settings::gateway_key,
                 "The certificate's key, in PEM, without a password")
      .only(scope::run_only)
      .add<topic>("gateway-topic", &settings::gateway_topics,
                  "Lets applications name this topic; without this and the "
                  "next, all topics are allowed")
      .only(scope::run_only)
      .add<pattern>("gateway-topic-pattern", &settings::gateway_patterns,
                    "The same of topics with names that match this regular "
                    "expression as a whole")
      .only(scope::run_only)
      .add<choice>("gateway-allow", &settings::gateway_allow,
                   "What applications may do; without it read, publish and "
                   "inspect")
      .only(scope::run_only);
}

} // namespace grapevine::app
