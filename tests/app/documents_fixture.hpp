#pragma once

#include "tests/app/program_fixture.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace grapevine::app {

/// A fenced block of a page, with what the comments (`<!-- … -->`) right before
/// it say to those who try it.
struct document_block {
  /// `console`, `sh`, `toml`, …
  std::string language;
  /// Where it begins.
  std::size_t line = 0;
  words lines;
  /// `not run: WHY`: why it cannot be tried.
  std::string not_run;
  /// `needs: WORD…`: it is not tried before the help has these words.
  words needs;
  /// `continues`: it is typed into the shell of the block before.
  bool continues = false;
  /// `file: NAME`: it is what this file has when the next block is typed.
  std::string file;
};

/// A page.
struct document {
  /// Below the project's folder.
  std::string name;
  words lines;
  std::vector<document_block> blocks;
};

/// README.md and all of docs/.
std::vector<document> all_documents();

/// A command, and the lines that it prints.
struct typed_command {
  std::string text;
  words prints;
  std::size_t line = 0;
};

/// The commands of a `console` block: they begin with `$ `, and go on behind a
/// backslash at the end of a line. In a `sh` block each line is one.
std::vector<typed_command> commands_of(const document_block& block);

/// What is typed into one shell: blocks, and files that are there before.
struct document_tour {
  std::string document;
  std::vector<document_block> blocks;
};

/// The tours of a page, without what is not tried.
std::vector<document_tour> tours_of(const document& page);

/// What `grapevine COMMAND --help` prints; of the program itself with "".
const words& help_of(const std::string& command);

/// The commands that the program has, by its own help.
const words& all_command_names();

/// Whether any of the helps has this.
bool is_known(const std::string& word);

} // namespace grapevine::app
