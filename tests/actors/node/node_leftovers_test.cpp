// What a node keeps of what an application has taken back: nothing.
#include "tests/support/sanitized.hpp"
#include "tests/support/topics_fixture.hpp"

#include <catch2/catch.hpp>

#include <malloc.h>

using namespace grapevine;
using namespace grapevine::test;

TEST_CASE("node: subscribing and watching, often taken back, leave nothing "
          "behind") {
  if (sanitized)
    return; // the allocator tells nothing
  topics_fixture f;
  const auto one = f.subscriber();
  // Bytes in use after so many more.
  const auto after = [&](std::size_t pairs) {
    for (std::size_t i = 0; i < pairs; ++i) {
      tell_from_outside(f.node, subscribe_topic{"t", one});
      tell_from_outside(f.node, unsubscribe_topic{"t", one});
      tell_from_outside(f.node, watch_node{one, true});
      tell_from_outside(f.node, unwatch_node{one});
      if (i % 100 == 99) {
        f.run();
        f.cache.clear();
        f.mesh.clear();
      }
    }
    return mallinfo2().uordblks + mallinfo2().hblkhd;
  };
  const auto before = after(2'000);
  // A monitor takes more than 50 bytes.
  CHECK(after(10'000) < before + 100'000);
}
