#include "app/client/node_place.hpp"

#include <optional>

namespace grapevine::app {

namespace {

constexpr std::string_view https = "https://";
constexpr std::string_view http = "http://";

constexpr std::string_view digits = "0123456789";
constexpr std::string_view in_names = "abcdefghijklmnopqrstuvwxyz"
                                      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "0123456789-._";

// No name ends in a number: that is an address with an error in it.
bool is_machine_name(std::string_view text) {
  constexpr std::size_t longest = 253;
  const auto last = text.substr(text.rfind('.') + 1);
  return !text.empty() && text.size() <= longest
         && text.find_first_not_of(in_names) == std::string_view::npos
         && text.front() != '-' && text.front() != '.'
         && last.find_first_not_of(digits) != std::string_view::npos;
}

std::optional<api_address> address_in(std::string_view text) {
  const auto read = value_text<api_address>::parse(text);
  const bool is_there =
      read && read->what != api_address::kind::off
      && (read->what != api_address::kind::tcp || read->port != 0);
  return is_there ? std::optional{*read} : std::nullopt;
}

// `node.example:4080`
std::optional<node_place> named_place(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos
      || !is_machine_name(text.substr(0, colon)))
    return std::nullopt;
  const auto any = address_in("0.0.0.0" + std::string{text.substr(colon)});
  if (!any)
    return std::nullopt;
  return node_place{*any, std::string{text.substr(0, colon)}};
}

std::optional<node_place> place_in(std::string_view text, bool is_url) {
  if (const auto where = address_in(text))
    if (!is_url || where->what == api_address::kind::tcp)
      return node_place{*where};
  return named_place(text);
}

} // namespace

std::string node_place::authority() const {
  return name.empty() ? value_text<api_address>::format(where)
                      : name + ':' + std::to_string(where.port);
}

parsed<node_place> value_text<node_place>::parse(std::string_view text) {
  const bool tls = text.starts_with(https);
  const bool is_url = tls || text.starts_with(http);
  if (is_url) {
    text.remove_prefix(tls ? https.size() : http.size());
    text = text.substr(0, text.find('/'));
  }
  auto place = place_in(text, is_url);
  if (!place)
    return unexpected<std::string>{
        "must be where the node has its API, as it says when it starts: an IP "
        "address or a name with a port such as 127.0.0.1:4080, [::1]:4080 or "
        "https://node.example:4080, or unix: and a file"};
  place->tls = tls;
  return *std::move(place);
}

std::string value_text<node_place>::format(const node_place& value) {
  return std::string{value.tls ? https : ""} + value.authority();
}

} // namespace grapevine::app
