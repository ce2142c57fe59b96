#include "app/commands/config_test.hpp"

#include "actors/host/socket.hpp"
#include "actors/identity_file.hpp"
#include "actors/network_key_file.hpp"
#include "app/commands/api_setup.hpp"
#include "app/commands/gateway_setup.hpp"
#include "app/commands/node_setup.hpp"
#include "app/console/log_file.hpp"
#include "app/console/output.hpp"
#include "app/options/paths.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <system_error>
#include <unistd.h>

namespace grapevine::app {

namespace {

namespace fs = std::filesystem;

// The folder that exists of those that would hold the file.
fs::path existing_folder(const fs::path& file) {
  std::error_code ignored;
  auto folder = fs::absolute(file, ignored).parent_path();
  while (!folder.empty() && folder != folder.root_path()
         && !fs::exists(folder, ignored))
    folder = folder.parent_path();
  return folder;
}

enum class folders { are_made, must_exist };

// Whether the file can be written or, where there is none, made.
outcome<void> check_writable(const char* option, const fs::path& file,
                             folders missing) {
  std::error_code ignored;
  const bool there = fs::exists(file, ignored);
  const auto place = there ? file
                     : missing == folders::are_made
                         ? existing_folder(file)
                         : fs::absolute(file, ignored).parent_path();
  if (::access(place.c_str(), W_OK) == 0)
    return {};
  const int code = errno;
  return runtime_error(fmt::format("--{}: \"{}\": {} cannot be written: {}",
                                   option, file.string(), place.string(),
                                   std::strerror(code)));
}

outcome<void> check_identity(const fs::path& file) {
  const auto key = load_identity(file);
  if (key)
    return {};
  if (key.error().code != identity_file_error::reason::missing)
    return runtime_error(key.error().text);
  return check_writable("identity", file, folders::are_made);
}

outcome<void> check_listen(const libp2p::multiaddr& address) {
  const auto where = endpoint::of(address);
  if (!where)
    return {}; // no socket: the plan has found it possible
  const auto opened = listen_on(*where);
  if (opened || opened.error().code == EADDRINUSE)
    return {};
  return runtime_error(fmt::format("--listen: \"{}\": {}", address.to_text(),
                                   std::strerror(opened.error().code)));
}

// One that is there may be something else, which only opening it shows.
outcome<void> check_log_file(const fs::path& file) {
  std::error_code ignored;
  if (!fs::exists(file, ignored))
    return check_writable("log-file", file, folders::must_exist);
  if (const auto opened = log_file::open(file); !opened)
    return runtime_error(opened.error());
  return {};
}

} // namespace

outcome<exit_code> test_config(const settings& s) {
  if (auto checked = check_identity(*s.identity); !checked)
    return unexpected{checked.error()};
  if (s.swarm_key)
    if (const auto key = load_network_key(*s.swarm_key); !key)
      return runtime_error("--swarm-key: " + key.error().text);
  if (const auto values = with_files(s); !values)
    return unexpected{values.error()};
  for (const auto& address : s.listen)
    if (auto checked = check_listen(address); !checked)
      return unexpected{checked.error()};
  if (auto checked = check_api(s); !checked)
    return unexpected{checked.error()};
  if (auto checked = check_gateway(s); !checked)
    return unexpected{checked.error()};
  if (!s.trace.path.empty())
    if (auto checked =
            check_writable("trace-file", s.trace.path, folders::must_exist);
        !checked)
      return unexpected{checked.error()};
  if (s.log_file)
    if (auto checked = check_log_file(*s.log_file); !checked)
      return unexpected{checked.error()};
  if (s.peer_store != no_peer_store)
    if (auto checked =
            check_writable("peer-store", s.peer_store, folders::are_made);
        !checked)
      return unexpected{checked.error()};
  if (auto printed = print_line("the configuration is good"); !printed)
    return unexpected{printed.error()};
  return success;
}

} // namespace grapevine::app
