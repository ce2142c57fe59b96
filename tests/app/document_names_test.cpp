// The names that the documents have: of options, commands, messages, and other
// pages.
#include "tests/app/documents_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

namespace grapevine::app {
namespace {

namespace fs = std::filesystem;

// The words of lines that look like options.
std::set<std::string> options_in(const words& lines) {
  static const std::regex option{"(^|[^-\\w])(--[a-z][a-z0-9-]+)"};
  std::set<std::string> found;
  for (const auto& line : lines)
    for (std::sregex_iterator at{line.begin(), line.end(), option};
         at != std::sregex_iterator{}; ++at)
      found.insert((*at)[2]);
  return found;
}

// What a page says that it needs and this program does not have yet.
std::set<std::string> missing_in(const document& page) {
  std::set<std::string> missing;
  for (const auto& line : page.lines)
    if (line.starts_with("<!-- needs: "))
      for (const auto& option : options_in({line}))
        if (!is_known(option))
          missing.insert(option);
  return missing;
}

TEST_CASE("documents: options that they name exist", "[app]") {
  // Of other programs.
  const std::set<std::string> foreign{"--install",   "--build",
                                      "--rm",        "--cacert",
                                      "--cert",      "--key",
                                      "--prefix",    "--cflags",
                                      "--libs",      "--overlay-ports",
                                      "--build-arg", "--scale",
                                      "--set",       "--no-install-recommends",
                                      "--from-file"};
  for (const auto& page : all_documents()) {
    const auto missing = missing_in(page);
    for (const auto& option : options_in(page.lines)) {
      if (foreign.contains(option) || missing.contains(option))
        continue;
      INFO(page.name << ": " << option);
      CHECK(is_known(option + " "));
    }
  }
}

// Those that stand before the options of every node.
std::set<std::string> own_options(const std::string& command) {
  words own;
  for (const auto& line : help_of(command)) {
    if (line == "Node:")
      break;
    if (line.starts_with("  -"))
      own.push_back(line.substr(0, line.find("  ", 2)));
  }
  return options_in(own);
}

TEST_CASE("documents: each command has a page with all its options", "[app]") {
  CHECK(all_command_names().size() >= 16);
  const auto pages = all_documents();
  for (const auto& name : all_command_names()) {
    const auto page = std::ranges::find(pages, "docs/commands/" + name + ".md",
                                        &document::name);
    INFO(name);
    REQUIRE(page != pages.end());
    const auto named = options_in(page->lines);
    for (const auto& option : own_options(name)) {
      INFO(option);
      CHECK((option == "--help" || named.contains(option)));
    }
  }
}

// The texts of the sources: literals that go on in the next line are one.
std::string all_sources() {
  std::string all;
  for (const auto* folder : {"app", "actors", "gossip", "libp2p"})
    for (const auto& entry :
         fs::recursive_directory_iterator{fs::path{GRAPEVINE_SOURCES} / folder})
      if (entry.path().extension() == ".cpp") {
        std::ifstream in{entry.path()};
        for (std::string line; std::getline(in, line);) {
          const auto begin = std::min(line.find_first_not_of(' '), line.size());
          const bool goes_on = line[begin] == '"' && all.ends_with('"');
          if (goes_on)
            all.pop_back();
          all += line.substr(begin + (goes_on ? 1 : 0));
        }
      }
  return std::regex_replace(all, std::regex{R"(\\")"}, "\"");
}

// What is between the names of the values in a text: "at most N peers".
words fragments_of(const std::string& text) {
  static const std::regex value{"\\b[A-Z]+\\b|…|: |, |/[a-z]+[/.0-9]*"};
  words all;
  for (std::sregex_token_iterator at{text.begin(), text.end(), value, -1};
       at != std::sregex_token_iterator{}; ++at)
    if (at->length() > 4)
      all.push_back(*at);
  return all;
}

TEST_CASE("documents: what the program is said to print is in its sources",
          "[app]") {
  // Of the system's library.
  const std::set<std::string> foreign{"Connection refused",
                                      "Address already in use",
                                      "Cannot assign requested address"};
  const auto sources = all_sources();
  const auto pages = all_documents();
  const auto page =
      std::ranges::find(pages, "docs/troubleshooting.md", &document::name);
  REQUIRE(page != pages.end());
  static const std::regex said{"^### ([a-z].*)|`([a-z]+(?: [^`]+){2,})`"};
  std::size_t count = 0;
  bool missing = false;
  for (const auto& line : page->lines) {
    // What is not there yet is said in a paragraph of its own.
    if (line.empty() || line.starts_with("<!-- needs: "))
      missing = std::ranges::any_of(
          options_in({line}), [](const auto& one) { return !is_known(one); });
    if (missing)
      continue;
    for (std::sregex_iterator at{line.begin(), line.end(), said};
         at != std::sregex_iterator{}; ++at) {
      const std::string text = (*at)[1].matched ? (*at)[1] : (*at)[2];
      // Commands to be typed.
      if (std::ranges::any_of(
              words{"grapevine ", "getent ", "dig "},
              [&](const auto& program) { return text.starts_with(program); }))
        continue;
      for (const auto& part : fragments_of(text)) {
        INFO(text << ": \"" << part << "\"");
        CHECK((foreign.contains(part)
               || sources.find(part) != std::string::npos));
        ++count;
      }
    }
  }
  CHECK(count > 20);
}

// As GitHub names a heading in links.
std::string anchor_of(const std::string& heading) {
  std::string anchor;
  for (const char c : heading)
    if (c == ' ' || c == '-')
      anchor += '-';
    else if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      anchor += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return anchor;
}

bool has_heading(const document& page, const std::string& anchor) {
  return std::ranges::any_of(page.lines, [&](const std::string& line) {
    const auto text = line.find_first_not_of('#');
    return text != 0 && text != std::string::npos && line[text] == ' '
           && anchor_of(line.substr(text + 1)) == anchor;
  });
}

TEST_CASE("documents: their links lead somewhere", "[app]") {
  const auto pages = all_documents();
  static const std::regex link{R"(\[[^\]]+\]\(([^)#: ]*)(?:#([^)]*))?\))"};
  std::size_t count = 0;
  for (const auto& page : pages)
    for (const auto& line : page.lines)
      for (std::sregex_iterator at{line.begin(), line.end(), link};
           at != std::sregex_iterator{}; ++at) {
        const fs::path here{page.name};
        const auto target =
            (*at)[1].length() == 0
                ? here
                : (here.parent_path() / (*at)[1].str()).lexically_normal();
        INFO(page.name << ": " << at->str());
        CHECK(fs::exists(fs::path{GRAPEVINE_SOURCES} / target));
        const auto other =
            std::ranges::find(pages, target.string(), &document::name);
        if ((*at)[2].length() > 0 && other != pages.end())
          CHECK(has_heading(*other, (*at)[2]));
        ++count;
      }
  CHECK(count > 10);
}

} // namespace
} // namespace grapevine::app
