#include "app/options/setting_changes.hpp"

#include <catch2/catch.hpp>

namespace grapevine::app {
namespace {

using names = std::vector<std::string>;

TEST_CASE("setting changes: what can be changed is taken, the rest is named "
          "again and again",
          "[app]") {
  settings before;
  before.topics = {"a"};
  auto in_force = show_all(before);
  auto next = before;
  next.topics = {"a", "b"};
  next.log_level = spdlog::level::debug;
  next.policy = gossip::signing_policy::strict_no_sign;
  next.params.mesh.degree = 7;
  const auto first = take_live(in_force, next);
  CHECK(first.live == names{"topic", "log-level"});
  CHECK(first.fixed == names{"policy", "mesh-d"});
  const auto again = take_live(in_force, next);
  CHECK(again.live.empty());
  CHECK(again.fixed == first.fixed);
  const auto back = take_live(in_force, before);
  CHECK(back.live == first.live);
  CHECK(back.fixed.empty());
}

TEST_CASE("setting changes: what can be changed while a node runs is what the "
          "node takes",
          "[app]") {
  names live;
  for (const auto& known : all_options())
    if (known.live && known.group != "Scores of peers")
      live.push_back(known.name);
  CHECK(live
        == names{"announce", "no-announce", "peer", "direct-peer", "block-peer",
                 "topic", "log-level", "log-format", "log-file", "max-peers",
                 "allow-peer", "allow-peers-file", "allow-network",
                 "deny-network", "high-water", "low-water", "water-grace",
                 "outbound-reserve", "max-peers-per-address"});
}

} // namespace
} // namespace grapevine::app
