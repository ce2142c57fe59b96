#include "gossip/message/seqno.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;

TEST_CASE("seqno: eight bytes, the highest first", "[gossip][seqno]") {
  CHECK(encode_seqno(0x0102030405060708u)
        == seqno_bytes{1, 2, 3, 4, 5, 6, 7, 8});
  CHECK(encode_seqno(1) == seqno_bytes{0, 0, 0, 0, 0, 0, 0, 1});
  for (const std::uint64_t n : {0ull, 1ull, 0xffull, ~0ull})
    CHECK(decode_seqno(encode_seqno(n)) == n);
}

TEST_CASE("seqno: any other length is none", "[gossip][seqno]") {
  CHECK_FALSE(decode_seqno({}));
  CHECK_FALSE(decode_seqno(bytes(7)));
  CHECK_FALSE(decode_seqno(bytes(9)));
}

TEST_CASE("seqno: one more for each message", "[gossip][seqno]") {
  seqno_source source{1'700'000'000'000'000'000u};
  CHECK(source.next() == 1'700'000'000'000'000'000u);
  CHECK(source.next() == 1'700'000'000'000'000'001u);
}
