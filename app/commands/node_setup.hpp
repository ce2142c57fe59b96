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

/// The configuration of `run`'s node: a lasting identity, and addresses to
/// listen at.
outcome<node_config> make_host_config(const settings& s);

/// The configuration of sub's and pub's: nobody knows them unless told
/// otherwise.
outcome<node_config> make_guest_config(const settings& s);

} // namespace grapevine::app
