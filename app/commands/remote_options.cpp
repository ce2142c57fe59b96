#include "app/commands/remote_options.hpp"

#include "app/options/options.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

namespace grapevine::app {

namespace {

constexpr std::array tls_options{"api-ca", "api-certificate", "api-key"};

bool counts_here(const std::string& name) {
  return name == "api-token-file" || name == "max-message-size"
         || std::ranges::find(tls_options, name) != tls_options.end();
}

// What lets the program in.
void add_access_options(CLI::App& to, given_texts& given) {
  given.add(to, "--api-token-file", {option_kind::path},
            "File with the bearer token of the node's API");
  given.add(to, "--api-ca", {option_kind::path},
            "Roots, in PEM: trusts an API of https:// that one of them has "
            "signed (default: the system's)");
  given.add(to, "--api-certificate", {option_kind::path},
            "The certificate to show to an API of https://, and those that "
            "lead to its root, in PEM");
  given.add(to, "--api-key", {option_kind::path},
            "The certificate's key, in PEM, without a password");
}

outcome<client::tls_files> tls_files_of(const given_texts& given) {
  std::array<std::optional<std::filesystem::path>, tls_options.size()> files;
  for (std::size_t i = 0; i < files.size(); ++i) {
    auto file = given.value<std::filesystem::path>(tls_options[i]);
    if (!file)
      return unexpected{file.error()};
    files[i] = *std::move(file);
  }
  if (files[1].has_value() != files[2].has_value())
    return usage_error("--api-certificate and --api-key need each other");
  return client::tls_files{files[0], files[1], files[2]};
}

} // namespace

void add_remote_options(CLI::App& to, given_texts& given) {
  given
      .add(to, "--api", {option_kind::text},
           "Where the node has its API: an address or a name with a port, "
           "behind https:// if it has a certificate, or unix: and a file "
           "(default: "
               + std::string{default_api} + ")")
      ->type_name("ADDR:PORT");
  add_access_options(to, given);
}

void add_via_options(CLI::App& to, given_texts& given) {
  given
      .add(to, "--via", {option_kind::text},
           "Goes through the node that runs and has its API there, as in "
               + std::string{default_api}
               + ", instead of being one; takes no options of a node")
      ->type_name("ADDR:PORT");
  add_access_options(to, given);
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
  if (!(*node)->tls)
    for (const auto* name : tls_options)
      if (given.has(name))
        return usage_error(
            fmt::format("--{} is for a node that speaks HTTPS: --{} https://{}",
                        name, option,
                        (*node)->where.what == api_address::kind::unix_socket
                            ? "ADDR:PORT"
                            : (*node)->authority()));
  auto tls = tls_files_of(given);
  if (!tls)
    return unexpected{tls.error()};
  return remote_arguments{**node, *std::move(token_file), given.has("json"),
                          *std::move(tls)};
}

outcome<void> check_via(const given_texts& given) {
  if (!given.has("via")) {
    for (const auto* name :
         {"api-token-file", "api-ca", "api-certificate", "api-key"})
      if (given.has(name))
        return usage_error(fmt::format("--{} is for the node of --via", name));
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
