#pragma once

#include "app/options/node_arguments.hpp"
#include "app/options/option_kind.hpp"

#include <CLI/CLI.hpp>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace grapevine::app {

/// What the values of an option of the command line are.
struct value_kind {
  option_kind kind;
  /// All of them, if these are few.
  std::vector<std::string> choices = {};
};

/// What one command was given, as texts: by option, without the dashes, or by
/// the name of a positional argument.
class given_texts {
public:
  /// Adds an option (`--name`), whose texts are taken as they come: CLI11 does
  /// not convert them.
  CLI::Option* add(CLI::App& to, const std::string& name, value_kind value,
                   const std::string& help);
  /// Adds a positional argument (`NAME`), likewise.
  CLI::Option* add_argument(CLI::App& to, const std::string& name,
                            const std::string& help);
  /// Adds an option without a value.
  void add_flag(CLI::App& to, const std::string& name, const std::string& help);
  /// Adds the options of the table that the command takes, and --config.
  void add_node_options(CLI::App& to, bool host);

  /// What the values of an option are; null of a flag and of an argument.
  const value_kind* kind_of(const std::string& name) const;

  bool has(const std::string& name) const;
  /// All values, as often as it was given.
  std::vector<std::string> all(const std::string& name) const;
  std::optional<std::string> text(const std::string& name) const;

  /// The value of an option that is not in the table; `missing` if it was not
  /// given.
  template <class T>
  outcome<std::optional<T>>
  value(const std::string& name,
        std::optional<T> missing = std::nullopt) const {
    const auto found = text(name);
    if (!found)
      return missing;
    auto read = value_text<T>::parse(*found);
    if (!read)
      return usage_error(named(name) + ": \"" + *found + "\": " + read.error());
    return std::optional<T>{*std::move(read)};
  }

  /// The options of the table, and the file.
  outcome<node_arguments> node() const;

  /// Whether what has one value was given once.
  outcome<void> check_counts() const;

private:
  std::string named(const std::string& name) const;

  std::map<std::string, const CLI::Option*> options_;
  std::map<std::string, value_kind> kinds_;
};

} // namespace grapevine::app
