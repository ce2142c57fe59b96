#include "app/options/score_values.hpp"
#include "tests/unit/app/options/value_checks.hpp"

namespace grapevine::app {
namespace {

using namespace std::chrono_literals;

TEST_CASE("score values: profiles", "[app]") {
  for (const auto& name : value_text<gossip::score_profile>::choices())
    check_kept<gossip::score_profile>(name);
  check_error<gossip::score_profile>("mild",
                                     "must be off, standard or ethereum");
}

TEST_CASE("score values: a fork digest is eight hexadecimal digits", "[app]") {
  check_kept<fork_digest>("6a95a1a9");
  for (const auto* bad : {"", "6a95a1a", "6A95A1A9", "0x6a95a1", "6a95a1a99"})
    check_error<fork_digest>(bad, "must be 8 digits");
}

TEST_CASE("score values: a counter fades in a time or by a factor", "[app]") {
  check_kept<fading>("600s");
  check_kept<fading>("0.95");
  const gossip::score_parameters p;
  CHECK(value_of<fading>("10m").factor(p) == gossip::decay_for(10min));
  CHECK(value_of<fading>("0.95").factor(p) == 0.95);
  for (const auto* bad : {"", "x", "-1s", "10 m"})
    check_error<fading>(bad, "must be the time in which it fades, such as 10m");
}

TEST_CASE("score values: a factor is told as the time that it stands for",
          "[app]") {
  gossip::score_parameters p;
  p.decay_interval = 12s;
  const auto factor = gossip::decay_for(10min, 12s);
  CHECK(value_text<fading>::format(fading::of(factor, p)) == "600s");
  CHECK(value_text<fading>::format(fading::of(0, p)) == "0");
}

} // namespace
} // namespace grapevine::app
