#include "actors/host/address_group.hpp"
#include "actors/host/connection_rate.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace grapevine;
using namespace std::chrono_literals;

namespace {

libp2p::ip_prefix group(const std::string& address) {
  return address_group(libp2p::ip_address::from_text(address).value());
}

libp2p::ip_prefix nth(unsigned i) {
  return group("10.0." + std::to_string(i / 256) + "."
               + std::to_string(i % 256));
}

struct rate_fixture {
  explicit rate_fixture(std::size_t per_second, std::size_t addresses = 4096)
      : rate{per_second, addresses} {}

  // How many connections an address may begin now.
  std::size_t all_of(const libp2p::ip_prefix& from) {
    std::size_t count = 0;
    while (count < 1'000 && rate.take(from, now))
      ++count;
    return count;
  }

  connection_rate rate;
  time_point now{1h};
};

} // namespace

TEST_CASE("connection rate: so many a second, ten times as many after a "
          "pause") {
  rate_fixture f{4};
  const auto one = nth(1);
  CHECK(f.all_of(one) == 40);
  // What is refused costs nothing.
  for (int i = 0; i < 100; ++i)
    CHECK_FALSE(f.rate.take(one, f.now));
  f.now += 1s;
  CHECK(f.all_of(one) == 4);
  f.now += 249ms;
  CHECK(f.all_of(one) == 0);
  f.now += 1ms;
  CHECK(f.all_of(one) == 1);
  f.now += 9s;
  CHECK(f.all_of(one) == 36);
  // No more than that, however long the pause.
  f.now += 1h;
  CHECK(f.all_of(one) == 40);
}

TEST_CASE("connection rate: what remains is kept while some are taken") {
  rate_fixture f{1};
  const auto one = nth(1);
  for (int i = 0; i < 5; ++i)
    CHECK(f.rate.take(one, f.now));
  f.now += 2s;
  CHECK(f.all_of(one) == 7);
}

TEST_CASE("connection rate: each address has its own") {
  rate_fixture f{2};
  CHECK(f.all_of(nth(1)) == 20);
  CHECK(f.all_of(nth(2)) == 20);
  CHECK(f.rate.size() == 2);
  CHECK(f.all_of(group("2001:db8::1")) == 20);
  CHECK(f.all_of(group("2001:db8::2")) == 0);
}

TEST_CASE("connection rate: when no more addresses are kept, new ones pass "
          "uncounted and those that are kept do not") {
  rate_fixture f{1, 100};
  for (unsigned i = 0; i < 100; ++i)
    CHECK(f.rate.take(nth(i), f.now));
  CHECK(f.rate.size() == 100);
  CHECK(f.all_of(nth(100)) == 1'000);
  CHECK(f.rate.size() == 100);
  CHECK(f.all_of(nth(99)) == 9);
}

TEST_CASE("connection rate: those are forgotten that have had their pause, at "
          "most once a second") {
  // A connection is forgiven in a hundredth of a second.
  rate_fixture f{100, 10};
  for (unsigned i = 0; i < 10; ++i)
    f.rate.take(nth(i), f.now);
  f.rate.take(nth(10), f.now);
  CHECK(f.rate.size() == 10);
  f.now += 999ms;
  CHECK(f.all_of(nth(0)) == 1'000);
  f.rate.take(nth(11), f.now);
  CHECK(f.rate.size() == 10);
  f.now += 1ms;
  f.rate.take(nth(12), f.now);
  // The newcomer, and the one that has just begun many.
  CHECK(f.rate.size() == 2);
  CHECK(f.all_of(nth(0)) == 0);
}

TEST_CASE("connection rate: nobody is forgotten while there is room") {
  rate_fixture f{100, 10};
  f.rate.take(nth(1), f.now);
  f.now += 1h;
  f.rate.take(nth(2), f.now);
  CHECK(f.rate.size() == 2);
}
