#include "libp2p/base/secret.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <utility>

using namespace grapevine;
using namespace grapevine::libp2p;

namespace {

bool holds(const secret32& secret, std::uint8_t value) {
  const auto view = secret.view();
  return std::all_of(view.begin(), view.end(),
                     [&](std::uint8_t each) { return each == value; });
}

secret32 secret_of(std::uint8_t value) {
  std::array<std::uint8_t, 32> from{};
  from.fill(value);
  return secret32{from};
}

} // namespace

TEST_CASE("secret: what is moved away is wiped", "[libp2p]") {
  CHECK(holds(secret32{}, 0));
  auto first = secret_of(1);
  auto second = std::move(first);
  CHECK(holds(second, 1));
  CHECK(holds(first, 0)); // NOLINT(bugprone-use-after-move)
  auto third = secret_of(3);
  third = std::move(second);
  CHECK(holds(third, 1));
  CHECK(holds(second, 0)); // NOLINT(bugprone-use-after-move)
}
