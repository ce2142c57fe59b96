#include "gossip/stream/frame_reader.hpp"
#include "tests/bench/message_pool.hpp"
#include "tests/bench/rpc_scan.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::bench;

namespace {

using gossip::signing_policy;

/// Whether a frame carries the message of this number as others will take it.
void check_message(const message_pool& pool, const bench_case& what,
                   std::uint32_t number) {
  const auto shared = pool.frame(number);
  bytes_view frame = *shared;
  gossip::frame_reader reader;
  const auto rpc = reader.next(frame);
  REQUIRE((rpc && *rpc));
  const auto decoded = proto::decode_rpc(**rpc, {});
  REQUIRE((decoded && decoded->messages.size() == 1));
  const auto& msg = decoded->messages.front();
  CHECK(gossip::verify(msg, what.policy));
  CHECK(msg.topic == topic_name(number % what.topics));
  rpc_scan scan;
  REQUIRE(scan_rpc(**rpc, what.size, scan));
  CHECK(scan.numbers == std::vector<std::uint32_t>{number});
}

} // namespace

TEST_CASE("messages are valid, numbered, and in turn on all topics",
          "[message_pool]") {
  const test::temporary_folder folder;
  for (const auto policy :
       {signing_policy::strict_sign, signing_policy::strict_no_sign}) {
    const bench_case what{policy, 1000, 8, 12};
    const message_pool pool{what, 30, folder / "pools"};
    for (std::uint32_t number = 0; number < 30; ++number)
      check_message(pool, what, number);
  }
}

TEST_CASE("signatures are kept, and those that are missing are added",
          "[message_pool]") {
  const test::temporary_folder folder;
  const bench_case what{signing_policy::strict_sign, 100, 1, 1};
  for (const std::uint32_t count : {5, 3, 9}) {
    const message_pool pool{what, count, folder / "pools"};
    CHECK(pool.size() == count);
    for (std::uint32_t number = 0; number < count; ++number)
      check_message(pool, what, number);
  }
}

TEST_CASE("messages of other forms have other signatures", "[message_pool]") {
  const test::temporary_folder folder;
  for (const std::size_t size : {100, 1024})
    for (const std::size_t topics : {1, 50}) {
      const bench_case what{signing_policy::strict_sign, size, 1, topics};
      check_message(message_pool{what, 3, folder / "pools"}, what, 2);
    }
}
