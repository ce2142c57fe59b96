#include "app/options/option_table.hpp"

namespace grapevine::app {

namespace {

using enum option_kind;

} // namespace

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
