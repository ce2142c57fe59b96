#include "proto/rpc.hpp"
#include "proto/varint.hpp"
#include "tests/bench/rpc_scan.hpp"

#include <catch2/catch.hpp>

#include <cstring>

using namespace grapevine;
using namespace grapevine::bench;

namespace {

constexpr std::size_t size = 100;

void append_field(bytes& out, std::uint8_t field, bytes_view value) {
  out.push_back(static_cast<std::uint8_t>(field << 3 | 2));
  append_varint(out, value.size());
  append(out, value);
}

bytes data_of(std::uint32_t number) {
  bytes result(size, 0x5A);
  std::memcpy(result.data(), &number, sizeof(number));
  return result;
}

/// A message whose fields are in this order, as others may write it.
bytes message(std::uint32_t number, const std::vector<std::uint8_t>& order) {
  bytes result;
  for (const auto field : order)
    append_field(result, field,
                 field == 2 ? bytes_view{data_of(number)} : as_bytes("field"));
  return result;
}

bytes rpc_of(const std::vector<bytes>& messages) {
  bytes result;
  for (const auto& one : messages)
    append_field(result, 2, one);
  return result;
}

std::vector<std::uint32_t> numbers_of(const bytes& rpc) {
  rpc_scan out;
  REQUIRE(scan_rpc(rpc, size, out));
  CHECK_FALSE(out.pruned);
  return out.numbers;
}

} // namespace

TEST_CASE("a message's number is found whatever its fields are", "[rpc_scan]") {
  CHECK(numbers_of(rpc_of({message(7, {1, 2, 3, 4, 5})}))
        == std::vector<std::uint32_t>{7});
  CHECK(numbers_of(rpc_of({message(8, {2, 4})}))
        == std::vector<std::uint32_t>{8});
  CHECK(numbers_of(rpc_of({message(9, {6, 5, 4, 3, 2, 1})}))
        == std::vector<std::uint32_t>{9});
}

TEST_CASE("all messages of an RPC are found, in order", "[rpc_scan]") {
  const auto rpc =
      rpc_of({message(3, {2, 4}), message(1, {4, 2}), message(2, {2, 4})});
  CHECK(numbers_of(rpc) == std::vector<std::uint32_t>{3, 1, 2});
}

TEST_CASE("subscriptions and control beside messages are passed over",
          "[rpc_scan]") {
  proto::control control;
  control.grafts.emplace_back("bench-0");
  control.ihaves.push_back({"bench-0", {"id"}});
  std::vector<bytes> frames;
  proto::encode_frames({{"bench-0", true, false, false}}, control, 4096,
                       frames);
  // Without its length, which is one byte.
  bytes rpc{frames.at(0).begin() + 1, frames.at(0).end()};
  append(rpc, rpc_of({message(5, {2, 4})}));
  CHECK(numbers_of(rpc) == std::vector<std::uint32_t>{5});
}

TEST_CASE("a PRUNE is seen", "[rpc_scan]") {
  proto::control control;
  control.prunes.push_back({"bench-0", {}, {}});
  std::vector<bytes> frames;
  proto::encode_frames({}, control, 4096, frames);
  rpc_scan out;
  REQUIRE(scan_rpc(bytes_view{frames.at(0)}.subspan(1), size, out));
  CHECK(out.pruned);
  CHECK(out.numbers.empty());
}

TEST_CASE("what was found before is gone", "[rpc_scan]") {
  rpc_scan out;
  REQUIRE(scan_rpc(rpc_of({message(1, {2, 4})}), size, out));
  REQUIRE(scan_rpc({}, size, out));
  CHECK(out.numbers.empty());
}

TEST_CASE("malformed RPCs and messages of another size are refused",
          "[rpc_scan]") {
  rpc_scan out;
  auto rpc = rpc_of({message(1, {2, 4})});
  CHECK_FALSE(scan_rpc(rpc, size + 1, out));
  rpc.pop_back();
  CHECK_FALSE(scan_rpc(rpc, size, out));
  CHECK_FALSE(scan_rpc(rpc_of({message(1, {1, 4})}), size, out));
}
