#pragma once

#include "app/options/given_texts.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace grapevine::app {

/// One command as the command line has it.
struct command_spec {
  std::string name;
  /// One line.
  std::string help;
  /// Lines below the options.
  std::string examples;
  /// Adds its options and arguments.
  void (*add)(CLI::App& to, given_texts& given);
  /// Checks what it was given, and does it.
  outcome<exit_code> (*act)(const given_texts& given);
};

/// Those that talk to a running node.
std::vector<command_spec> remote_commands();

/// Several nodes on this machine.
command_spec cluster_spec();

/// A network in virtual time.
command_spec sim_spec();

/// All commands, in the order of the help.
std::vector<command_spec> all_commands();

} // namespace grapevine::app
