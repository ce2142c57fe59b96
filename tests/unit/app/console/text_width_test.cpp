#include "app/console/text_width.hpp"

#include <catch2/catch.hpp>

namespace grapevine::app {
namespace {

TEST_CASE("text width: it is counted in columns, not in bytes", "[app]") {
  CHECK(text_width("") == 0);
  CHECK(text_width("peer") == 4);
  CHECK(text_width("größe") == 5);
  CHECK(text_width("世界") == 4);
  CHECK(text_width("e\u0301") == 1);
  // Each byte that is none of a character's.
  CHECK(text_width("\xff\xfe") == 2);
  CHECK(text_width("a\xe4") == 2);
}

TEST_CASE("text width: what is cut fits, and shows it", "[app]") {
  CHECK(cut_to_width("peer", 4) == "peer");
  CHECK(cut_to_width("peers", 4) == "pee…");
  CHECK(cut_to_width("größer", 4) == "grö…");
  // Half of a wide character does not fit.
  CHECK(cut_to_width("世界", 3) == "世…");
  CHECK(cut_to_width("世界", 2) == "…");
  CHECK(cut_to_width("peer", 1) == "…");
  CHECK(cut_to_width("peer", 0).empty());
}

} // namespace
} // namespace grapevine::app
