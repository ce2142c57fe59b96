#include "app/client/node_place.hpp"

namespace grapevine::app {

parsed<node_place> value_text<node_place>::parse(std::string_view text) {
  constexpr std::string_view scheme = "http://";
  if (text.starts_with(scheme)) {
    text.remove_prefix(scheme.size());
    text = text.substr(0, text.find('/'));
  }
  auto where = value_text<api_address>::parse(text);
  if (!where || where->what == api_address::kind::off
      || (where->what == api_address::kind::tcp && where->port == 0))
    return unexpected<std::string>{
        "must be where the node has its API, as it says when it starts: an IP "
        "address with a port such as 127.0.0.1:4080 or [::1]:4080, or unix: "
        "and a file"};
  return node_place{*std::move(where)};
}

std::string value_text<node_place>::format(const node_place& value) {
  return value_text<api_address>::format(value.where);
}

} // namespace grapevine::app
