#pragma once

#include "app/commands/command_specs.hpp"

#include <CLI/CLI.hpp>

#include <map>
#include <string>

namespace grapevine::app {

/// The command line: its commands with their options, for CLI11 to parse.
class command_line {
public:
  command_line();
  command_line(const command_line&) = delete;
  command_line& operator=(const command_line&) = delete;

  CLI::App& app() noexcept { return app_; }

  /// The options of a command, and what it was given.
  const given_texts& given(const std::string& name) const {
    return commands_.at(name).given;
  }

  /// Does what the parsed command line asks for.
  outcome<exit_code> execute() const;

private:
  struct command {
    command_spec spec;
    given_texts given;
  };

  CLI::App app_;
  std::map<std::string, command> commands_;
};

} // namespace grapevine::app
