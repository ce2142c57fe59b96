#include "app/options/suggest.hpp"

#include <catch2/catch.hpp>

namespace grapevine::app {
namespace {

TEST_CASE("suggest: the nearest candidate, the first of equals", "[app]") {
  CHECK(nearest("pier", {"listen", "peer", "pear"}) == "peer");
  CHECK(nearest("x", {}).empty());
}

TEST_CASE("suggest: choices are listed as in a sentence", "[app]") {
  CHECK(any_of({}).empty());
  CHECK(any_of({"a"}) == "a");
  CHECK(any_of({"a", "b"}) == "a or b");
  CHECK(any_of({"a", "b", "c"}) == "a, b or c");
}

} // namespace
} // namespace grapevine::app
