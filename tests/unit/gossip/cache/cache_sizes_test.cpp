#include "gossip/cache/cache_sizes.hpp"

#include <catch2/catch.hpp>

#include <cstdint>

using namespace grapevine::gossip;

namespace {

constexpr std::uint64_t mib = 1 << 20;
constexpr std::uint64_t gib = 1024 * mib;

} // namespace

TEST_CASE("cache_sizes: a large machine remembers the ids of 100,000 messages "
          "a second for 120 s",
          "[gossip][cache_sizes]") {
  const auto sizes = sizes_for(24 * gib);
  CHECK(sizes.seen_ids >= 100'000 * 120);
  CHECK(sizes.window_bytes == 96 * mib);
}

TEST_CASE("cache_sizes: they grow with the memory, within bounds",
          "[gossip][cache_sizes]") {
  CHECK(sizes_for(0) == sizes_for(128 * mib));
  CHECK(sizes_for(2 * gib).seen_ids > sizes_for(1 * gib).seen_ids);
  CHECK(sizes_for(16 * gib).window_bytes
        == 2 * sizes_for(8 * gib).window_bytes);
  CHECK(sizes_for(200 * gib).seen_ids > sizes_for(100 * gib).seen_ids);
  CHECK(sizes_for(1'000 * gib) == sizes_for(2'000 * gib));
}

TEST_CASE("cache_sizes: some of the largest RPCs find room, however large they "
          "are",
          "[gossip][cache_sizes]") {
  const rpc_room usual{1 << 20};
  CHECK(usual.queued == 256 * mib);
  CHECK(usual.unfinished == 64 * mib);
  CHECK(usual.validating == 64 * mib);
  const rpc_room large{32 << 20};
  CHECK(large.queued == 32 * 32 * mib);
  CHECK(large.unfinished == 16 * 32 * mib);
  CHECK(large.validating == 16 * 32 * mib);
}

TEST_CASE("cache_sizes: both full are a tenth of the memory at most",
          "[gossip][cache_sizes]") {
  for (const auto memory : {512 * mib, 1 * gib, 8 * gib, 64 * gib}) {
    const auto sizes = sizes_for(memory);
    CHECK(sizes.seen_ids * 130 + sizes.window_bytes <= memory / 10);
  }
}
