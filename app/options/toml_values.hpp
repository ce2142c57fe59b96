#pragma once

#include "app/failure.hpp"

#include <toml++/toml.h>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// What files in TOML have in common: values are read as the command line would
// have them, and errors name the line.

namespace grapevine::app {

/// `FILE:LINE`.
std::string place_of(const std::string& name, const toml::source_region& at);

/// A value as the command line would have it; nothing for a list or a table.
std::optional<std::string> text_of(const toml::node& node);

/// The texts of a list, if it may be one, or of a single value.
std::optional<std::vector<std::string>> texts_of(const toml::node& node,
                                                 bool list);

/// The table's entries as they stand in the file.
std::vector<std::pair<std::string, const toml::node*>>
in_order(const toml::table& table);

/// What the file holds; `what` stands before its name in errors: `--config`.
outcome<std::string> read_text(const std::filesystem::path& file,
                               const std::string& what);

/// The file's table, or where it is none.
outcome<toml::table> parse_toml(std::string_view text, const std::string& name);

} // namespace grapevine::app
