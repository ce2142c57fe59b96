#pragma once

#include "app/commands/commands.hpp"
#include "app/options/given_texts.hpp"

#include <CLI/CLI.hpp>

#include <string>

// The options of commands that talk to a running node.

namespace grapevine::app {

/// Adds where the node is and what lets the program in.
void add_remote_options(CLI::App& to, given_texts& given);

/// Adds the same to a command that else is a node of its own: `--via`.
void add_via_options(CLI::App& to, given_texts& given);

/// Which node was given; `option` says where it is. `--json` counts if the
/// command has it.
outcome<remote_arguments> remote_of(const given_texts& given,
                                    const std::string& option = "api");

/// Whether what was given fits `--via`, or its absence: a node that runs has
/// its options already, but for `max-message-size`, which counts here, too.
outcome<void> check_via(const given_texts& given);

} // namespace grapevine::app
