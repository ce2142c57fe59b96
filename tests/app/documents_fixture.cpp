#include "tests/app/documents_fixture.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <sstream>
#include <utility>

namespace grapevine::app {

namespace {

namespace fs = std::filesystem;

// -- pages --------------------------------------------------------------------

// What a comment says: "key: value".
void take_comment(const std::string& line, document_block& next) {
  static const std::regex comment{"<!-- ([a-z ]+)(?:: (.*))? -->"};
  std::smatch found;
  if (!std::regex_match(line, found, comment))
    return;
  const std::string key = found[1];
  std::istringstream value{found[2]};
  if (key == "not run")
    next.not_run = found[2];
  else if (key == "needs")
    next.needs.assign(std::istream_iterator<std::string>{value}, {});
  else if (key == "continues")
    next.continues = true;
  else if (key == "file")
    next.file = found[2];
}

document read_document(const fs::path& root, const fs::path& name) {
  document page{name.string(), {}, {}};
  std::ifstream in{root / name};
  document_block next;
  bool inside = false;
  for (std::string line; std::getline(in, line); page.lines.push_back(line)) {
    if (line.starts_with("```")) {
      if (inside)
        page.blocks.push_back(std::exchange(next, {}));
      else
        next.language = line.substr(3);
      next.line = inside ? 0 : page.lines.size() + 1;
      inside = !inside;
    } else if (inside) {
      next.lines.push_back(line);
    } else if (line.starts_with("<!-- ")) {
      take_comment(line, next);
    } else if (!line.empty()) {
      next = {};
    }
  }
  return page;
}

} // namespace

std::vector<document> all_documents() {
  const fs::path root{GRAPEVINE_SOURCES};
  std::vector<document> pages{read_document(root, "README.md")};
  for (const auto& entry : fs::recursive_directory_iterator{root / "docs"})
    if (entry.path().extension() == ".md")
      pages.push_back(read_document(root, fs::relative(entry.path(), root)));
  std::ranges::sort(pages, {}, &document::name);
  return pages;
}

std::vector<typed_command> commands_of(const document_block& block) {
  const bool console = block.language == "console";
  std::vector<typed_command> all;
  bool unfinished = false;
  for (std::size_t i = 0; i < block.lines.size(); ++i) {
    const auto& line = block.lines[i];
    if (unfinished)
      all.back().text += "\n" + line;
    else if (!console && !line.empty() && line[0] != '#')
      all.push_back({line, {}, block.line + i + 1});
    else if (console && line.starts_with("$ "))
      all.push_back({line.substr(2), {}, block.line + i + 1});
    else if (console && !all.empty())
      all.back().prints.push_back(line);
    unfinished = !all.empty() && all.back().prints.empty()
                 && all.back().text.ends_with("\\");
  }
  return all;
}

std::vector<document_tour> tours_of(const document& page) {
  std::vector<document_tour> tours;
  std::vector<document_block> files;
  for (const auto& block : page.blocks) {
    if (!block.not_run.empty())
      continue;
    if (!block.file.empty()) {
      files.push_back(block);
    } else if (block.language == "console" || block.language == "sh") {
      if (!block.continues || tours.empty())
        tours.push_back({page.name, {}});
      auto& blocks = tours.back().blocks;
      blocks.insert(blocks.end(), files.begin(), files.end());
      blocks.push_back(block);
      files.clear();
    }
  }
  return tours;
}

const words& help_of(const std::string& command) {
  static std::map<std::string, words> known;
  auto [found, is_new] = known.try_emplace(command);
  if (is_new)
    found->second = run_program(command.empty() ? words{"--help"}
                                                : words{command, "--help"})
                        .out;
  return found->second;
}

bool is_known(const std::string& word) {
  const auto has_it = [&word](const std::string& line) {
    return line.find(word) != std::string::npos;
  };
  return std::ranges::any_of(help_of(""), has_it)
         || std::ranges::any_of(all_command_names(), [&](const auto& command) {
              return std::ranges::any_of(help_of(command), has_it);
            });
}

const words& all_command_names() {
  static const words names = [] {
    words found;
    bool listed = false;
    for (const auto& line : help_of("")) {
      if (listed && line.starts_with("  "))
        found.push_back(line.substr(2, line.find(' ', 2) - 2));
      listed = line == "Subcommands:" || (listed && !line.empty());
    }
    return found;
  }();
  return names;
}

} // namespace grapevine::app
