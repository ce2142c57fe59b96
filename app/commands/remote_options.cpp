#include "app/commands/remote_options.hpp"

#include "app/options/options.hpp"

#include <utility>

namespace grapevine::app {

namespace {

constexpr const char* token_file_help =
    "File with the bearer token of the node's API";

bool counts_here(const std::string& name) {
  return name == "api-token-file" || name == "max-message-size";
}

} // namespace

void add_remote_options(CLI::App& to, given_texts& given) {
  given
      .add(to, "--api", {option_kind::text},
           "Where the node has its API: an address with a port, or unix: and a "
           "file (default: "
               + std::string{default_api} + ")")
      ->type_name("ADDR:PORT");
  given.add(to, "--api-token-file", {option_kind::path}, token_file_help);
}

void add_via_options(CLI::App& to, given_texts& given) {
  given
      .add(to, "--via", {option_kind::text},
           "Goes through the node that runs and has its API there, as in "
               + std::string{default_api}
               + ", instead of being one; takes no options of a node")
      ->type_name("ADDR:PORT");
  given.add(to, "--api-token-file", {option_kind::path}, token_file_help);
}

outcome<remote_arguments> remote_of(const given_texts& given,
                                    const std::string& option) {
  const auto node = given.value<node_place>(
      option, value_text<node_place>::parse(default_api).value());
  if (!node)
    return unexpected{node.error()};
  auto token_file = given.value<std::filesystem::path>("api-token-file");
  if (!token_file)
    return unexpected{token_file.error()};
  return remote_arguments{**node, *std::move(token_file), given.has("json")};
}

outcome<void> check_via(const given_texts& given) {
  if (!given.has("via")) {
    if (given.has("api-token-file"))
      return usage_error("--api-token-file is for the node of --via");
    return {};
  }
  const auto refused = [](const std::string& name) {
    return usage_error("--" + name
                       + " is for a node of its own, and with --via there is "
                         "none");
  };
  for (const auto& known : all_options())
    if (given.has(known.name) && !counts_here(known.name))
      return refused(known.name);
  if (given.has("config"))
    return refused("config");
  return {};
}

} // namespace grapevine::app
