// High and low water: who goes when there are many peers.
#include "tests/support/node_fixture.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

// With more than six peers it goes down to three.
struct water_fixture : node_fixture {
  explicit water_fixture(std::size_t high = 6, std::size_t low = 3)
      : node_fixture{[=](node_config& config) {
          config.high_water = high;
          config.low_water = low;
        }} {}

  // Peers `first` to `last` come.
  void come(std::uint32_t first, std::uint32_t last) {
    for (auto i = first; i <= last; ++i)
      arrive_alone(i);
  }

  // What these have of the node's scores; the others have no pubsub stream.
  void score(const std::vector<std::pair<std::uint32_t, double>>& all) {
    scores_snapshot result;
    for (const auto& [number, score] : all) {
      result.peers.push_back({numbered_peer(number), {}});
      result.peers.back().score.score = score;
    }
    mesh.answer<inspect_scores>(result);
  }

  // Second by second: a timer may start the next one.
  void pass(std::chrono::seconds time) {
    for (; time > 0s; time -= 1s)
      advance(1s);
  }

  std::size_t count() { return inspect().peers.size(); }
  std::size_t looks() const { return mesh.all<inspect_scores>().size(); }
};

} // namespace

TEST_CASE("node water: with more peers than the mark those go that are missed "
          "least, until the lower mark") {
  water_fixture f;
  f.come(1, 6);
  f.score({{1, 5}, {2, 1}, {3, 2}, {4, 3}, {5, 0}, {7, 4}});
  f.advance(1h);
  CHECK(f.looks() == 0);
  f.come(7, 7);
  f.pass(25s);
  CHECK(f.count() == 3);
  for (const std::uint32_t stays : {1U, 4U, 7U})
    CHECK(f.connected(stays));
  CHECK(f.peer(6).only<disconnect_peer>().reason
        == "there are more peers than the high-water mark");
  CHECK_THAT(f.log(), Catch::Contains("info disconnected 4 of 7 peers, those "
                                      "that are missed least: more than "
                                      "high-water=6 low-water=3"));
  // As many as there may be are left alone.
  f.come(11, 13);
  const auto before = f.looks();
  f.advance(1h);
  CHECK(f.count() == 6);
  CHECK(f.looks() == before);
}

TEST_CASE("node water: kept and direct peers stay, and are not asked about "
          "when there are no others") {
  water_fixture f{2, 1};
  for (std::uint32_t i = 1; i <= 3; ++i)
    f.say(keep_connected{
        node_fixture::address(4001).with_peer(numbered_peer(i))});
  f.ask_node<changed>(set_direct_peer{
      node_fixture::address(4001).with_peer(numbered_peer(4)), true});
  f.come(1, 4);
  f.pass(1min);
  CHECK(f.count() == 4);
  CHECK(f.looks() == 0);
  f.come(5, 5);
  f.pass(1min);
  CHECK(f.count() == 4);
  CHECK_FALSE(f.connected(5));
}

TEST_CASE("node water: new peers stay until they have had their time") {
  water_fixture f;
  f.come(1, 4);
  f.advance(30s);
  f.come(5, 8);
  f.pass(6s);
  CHECK(f.count() == 4);
  for (std::uint32_t i = 5; i <= 8; ++i)
    CHECK(f.connected(i));
}

TEST_CASE("node water: when all are new, they are looked at again") {
  water_fixture f;
  f.come(1, 8);
  f.pass(19s);
  CHECK(f.count() == 8);
  CHECK(f.looks() == 0);
  f.pass(6s);
  CHECK(f.count() == 3);
  CHECK(f.looks() == 1);
}

TEST_CASE("node water: however many come, it is looked once in some seconds") {
  water_fixture f;
  f.come(1, 8);
  f.pass(25s);
  CHECK(f.looks() == 1);
  for (std::uint32_t i = 11; i <= 60; ++i) {
    f.arrive_alone(i);
    f.advance(1s);
  }
  CHECK(f.looks() <= 11);
}

TEST_CASE("node water: nobody goes while it is not known what peers are "
          "worth") {
  water_fixture f;
  f.mesh.hold<inspect_scores>();
  f.come(1, 8);
  // The look, and its patience.
  f.pass(20s);
  f.pass(10s);
  CHECK(f.count() == 8);
  f.score({{1, 0}});
  f.pass(5s);
  CHECK(f.count() == 3);
}

TEST_CASE("node water: marks that contradict each other are refused") {
  struct {
    std::size_t high;
    std::size_t low;
    const char* says;
  } const known[] = {
      {101, 1, "high_water must not be above max_peers"},
      {10, 11, "low_water must not be above high_water"},
      {0, 1, "low_water must not be above high_water"},
      {10, 0, "high_water needs low_water"},
  };
  for (const auto& one : known) {
    node_fixture f{[&](node_config& config) {
                     config.max_peers = 100;
                     config.high_water = one.high;
                     config.low_water = one.low;
                   },
                   false};
    const auto refused = f.start();
    CHECK(refused->code == node_errc::bad_parameters);
    CHECK_THAT(refused->error, Catch::Contains(one.says));
  }
}

TEST_CASE("node water: the marks can be changed, and are heeded soon") {
  node_fixture f;
  for (std::uint32_t i = 1; i <= 8; ++i)
    f.arrive_alone(i);
  f.advance(1h);
  change_settings next{f.ctx->config, f.ctx->config.params.thresholds};
  next.settings.high_water = 7;
  next.settings.low_water = 5;
  REQUIRE(f.ask_node<changed>(next)->value);
  f.advance(5s);
  CHECK(f.inspect().peers.size() == 5);
}
