#include "app/options/config_file.hpp"

#include <catch2/catch.hpp>

#include <fstream>

namespace grapevine::app {
namespace {

// The blocks of TOML in a page.
std::vector<std::string> configurations_in(const std::string& page) {
  std::ifstream in{GRAPEVINE_SOURCES "/" + page};
  REQUIRE(in);
  std::vector<std::string> blocks;
  bool inside = false;
  for (std::string line; std::getline(in, line);)
    if (inside && line == "```")
      inside = false;
    else if (inside)
      blocks.back() += line + '\n';
    else if (inside = line == "```toml"; inside)
      blocks.emplace_back();
  return blocks;
}

TEST_CASE("documentation: the configurations that it shows are good", "[app]") {
  for (const std::string page : {"README.md", "docs/configuration.md"}) {
    const auto blocks = configurations_in(page);
    CHECK_FALSE(blocks.empty());
    for (const auto& block : blocks) {
      INFO(page << ":\n" << block);
      const auto read = parse_config(block, page);
      INFO((read ? "" : read.error().text));
      REQUIRE(read);
      const auto made = make_settings(*read);
      INFO((made ? "" : made.error().text));
      CHECK(made);
    }
  }
}

} // namespace
} // namespace grapevine::app
