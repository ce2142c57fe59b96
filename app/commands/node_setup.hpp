#pragma once

#include "actors/node_config.hpp"
#include "app/commands/commands.hpp"
#include "app/options/settings.hpp"

namespace grapevine::app {

/// Whose node is configured.
enum class node_role {
  /// The one that the configuration file is about.
  host,
  /// A passing one, of sub and pub: who it is and where it listens is not what
  /// the file says of the host.
  guest,
};

/// The settings that command line and configuration file give together.
outcome<settings> load_settings(const node_arguments& arguments,
                                node_role role);

/// What `run`'s node is to be.
struct host_configuration {
  /// What command line and file say.
  assignments given;
  /// With all defaults: where the key is, where to listen, what to log.
  settings values;
  /// What is not as it might be expected.
  std::vector<std::string> warnings;
};

outcome<host_configuration> load_host(const node_arguments& arguments);

/// A node's settings, with what is in the files that they name besides the
/// configuration: the peers that are allowed.
outcome<node_settings> with_files(const settings& s);

/// The configuration of `run`'s node, of `host_configuration::values`: its
/// identity is made if there is none.
outcome<node_config> make_host_config(const settings& s);

/// The configuration of sub's and pub's: nobody knows them unless told
/// otherwise.
outcome<node_config> make_guest_config(const settings& s);

} // namespace grapevine::app
