#include "libp2p/base/edit_distance.hpp"

#include <catch2/catch.hpp>

using grapevine::libp2p::edit_distance;

TEST_CASE("edit_distance: counts edits and swaps", "[libp2p]") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("abc", "") == 3);
  CHECK(edit_distance("abc", "abc") == 0);
  CHECK(edit_distance("abc", "abd") == 1);
  CHECK(edit_distance("abc", "acb") == 1);
  CHECK(edit_distance("kitten", "sitting") == 3);
}
