#include "libp2p/address/dns_ttl.hpp"

#include <catch2/catch.hpp>

#include <initializer_list>
#include <random>

using namespace grapevine;
using namespace grapevine::libp2p;
using namespace std::chrono_literals;

namespace {

void add16(bytes& to, unsigned value) {
  to.push_back(static_cast<std::uint8_t>(value >> 8));
  to.push_back(static_cast<std::uint8_t>(value));
}

// An answer about `a.b` with an address for each of these times to live.
bytes message(std::initializer_list<std::uint32_t> ttls) {
  bytes result{1, 2, 0x81, 0x80};
  add16(result, 1);
  add16(result, static_cast<unsigned>(ttls.size()));
  add16(result, 0);
  add16(result, 0);
  for (const int byte : {1, int{'a'}, 1, int{'b'}, 0, 0, 1, 0, 1})
    result.push_back(static_cast<std::uint8_t>(byte));
  for (const auto ttl : ttls) {
    add16(result, 0xc00c);
    add16(result, 1);
    add16(result, 1);
    add16(result, ttl >> 16);
    add16(result, ttl & 0xffff);
    add16(result, 4);
    for (const int byte : {192, 0, 2, 1})
      result.push_back(static_cast<std::uint8_t>(byte));
  }
  return result;
}

} // namespace

TEST_CASE("dns ttl: all answers hold as long as the shortest", "[dns_ttl]") {
  CHECK(dns_ttl(message({300})) == 300s);
  CHECK(dns_ttl(message({300, 20, 90'000})) == 20s);
  CHECK(dns_ttl(message({0})) == 0s);
  CHECK(dns_ttl(message({0x80000000U})) == 0s);
}

TEST_CASE("dns ttl: without answers there is none", "[dns_ttl]") {
  CHECK_FALSE(dns_ttl(message({})));
  CHECK_FALSE(dns_ttl({}));
}

TEST_CASE("dns ttl: what is cut off anywhere has none", "[dns_ttl]") {
  const auto whole = message({300, 20});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    INFO(size);
    CHECK_FALSE(dns_ttl(bytes_view{whole}.first(size)));
  }
}

TEST_CASE("dns ttl: bytes that are changed anywhere do no harm", "[dns_ttl]") {
  std::mt19937_64 gen{7};
  for (int i = 0; i < 20'000; ++i) {
    auto some = message({300, 20});
    for (int k = 0; k < 3; ++k)
      some[gen() % some.size()] = static_cast<std::uint8_t>(gen());
    const auto ttl = dns_ttl(some);
    CHECK((!ttl || (*ttl >= 0s && *ttl <= std::chrono::seconds{0x7fffffff})));
  }
}
