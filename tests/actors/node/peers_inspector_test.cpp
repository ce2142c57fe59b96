// Who asks a node's peers for their details, and waits for them.
#include "actors/node/peers_inspector.hpp"
#include "tests/support/small_node.hpp"
#include "tests/support/virtual_system.hpp"

#include <optional>
#include <string>
#include <vector>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

struct inspector_fixture {
  ~inspector_fixture() {
    for (const auto& one : all.peers)
      caf::anon_send_exit(one.actor, caf::exit_reason::kill);
    net.run();
  }

  // Stands in for a peer's actor.
  void add(const std::string& agent, bool silent = false) {
    const auto actor = net.sys().spawn(
        [=, this](caf::event_based_actor* self) -> caf::behavior {
          return {[=, this](inspect_peer) -> caf::result<peer_details> {
            if (silent)
              return unanswered.emplace_back(
                  self->make_response_promise<peer_details>());
            peer_details details;
            details.agent = agent;
            return details;
          }};
        });
    const auto number = static_cast<std::uint32_t>(all.peers.size() + 1);
    all.peers.push_back(
        {{numbered_peer(number), node_fixture::address(4001), true},
         caf::actor_cast<peer_actor>(actor)});
  }

  void ask_all() {
    auto inspector = spawn_peers_inspector(net.sys());
    caf::actor_cast<caf::actor>(inspector)->attach_functor(
        [this](const caf::error&) { ended = true; });
    net.sys().spawn([this, inspector](caf::event_based_actor* self) {
      ask(self, inspector, 1h, all)
          .then([this](const peers_snapshot& got) { answer = got; },
                [](caf::error&) { FAIL("no answer"); });
    });
    net.run();
  }

  virtual_system net;
  collect_peers all;
  // CAF 1.x answers what nobody keeps.
  std::vector<caf::typed_response_promise<peer_details>> unanswered;
  std::optional<peers_snapshot> answer;
  bool ended = false;
};

} // namespace

TEST_CASE("peers inspector: all are asked, however many, and their order "
          "stays") {
  inspector_fixture f;
  for (int i = 0; i < 700; ++i)
    f.add(std::to_string(i));
  f.ask_all();
  REQUIRE(f.answer);
  REQUIRE(f.answer->peers.size() == 700);
  for (std::size_t i = 0; i < 700; ++i) {
    REQUIRE(f.answer->peers[i].details);
    REQUIRE(f.answer->peers[i].details->agent == std::to_string(i));
    REQUIRE(f.answer->peers[i].peer.peer == f.all.peers[i].peer.peer);
  }
  CHECK(f.ended);
}

TEST_CASE("peers inspector: a peer that does not answer in a second is there "
          "without its details") {
  inspector_fixture f;
  f.add("quick");
  f.add("slow", true);
  f.ask_all();
  CHECK_FALSE(f.answer);
  f.net.advance(1s);
  REQUIRE(f.answer);
  REQUIRE(f.answer->peers.size() == 2);
  CHECK(f.answer->peers[0].details->agent == "quick");
  CHECK_FALSE(f.answer->peers[1].details);
  CHECK(f.ended);
}

TEST_CASE("peers inspector: however many are silent, the answer comes within "
          "six seconds, and has all of them") {
  inspector_fixture f;
  for (int i = 0; i < 3'000; ++i)
    f.add("silent", true);
  f.ask_all();
  for (int i = 0; i < 6 && !f.answer; ++i)
    f.net.advance(1s);
  REQUIRE(f.answer);
  CHECK(f.answer->peers.size() == 3'000);
  CHECK(f.ended);
}

TEST_CASE("peers inspector: of no peers nothing is told, at once") {
  inspector_fixture f;
  f.ask_all();
  REQUIRE(f.answer);
  CHECK(f.answer->peers.empty());
  CHECK(f.ended);
}

TEST_CASE("node: shows its peers with who dialled, and none when it does not "
          "run") {
  node_fixture f;
  f.arrive(1);
  f.say(keep_connected{node_fixture::address(4002)});
  f.reach(2);
  const auto got = f.ask_node<peers_snapshot>(inspect_peers{});
  // The peers' actors are stand-ins, which do not answer.
  f.advance(1s);
  REQUIRE(got->value);
  REQUIRE(got->value->peers.size() == 2);
  for (const auto& one : got->value->peers)
    CHECK(one.peer.outbound == (one.peer.peer == numbered_peer(2)));

  node_fixture idle{[](node_config&) {}, false};
  CHECK(idle.ask_node<peers_snapshot>(inspect_peers{})->code
        == node_errc::not_running);
}
