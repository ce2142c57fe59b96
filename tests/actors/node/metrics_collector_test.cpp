// Who asks a node's actors for their numbers, and waits for them.
#include "actors/node/metrics_collector.hpp"
#include "tests/support/partner.hpp"
#include "tests/support/virtual_system.hpp"

#include <deque>
#include <optional>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

// Stands in for an actor that counts; tells only what the test lets it tell.
struct teller {
  explicit teller(caf::actor_system& sys)
      : actor{sys.spawn([this](caf::event_based_actor* self) -> caf::behavior {
          return {[this, self](const tell_counts& msg) {
                    asked = msg;
                    if (quick)
                      answer(self);
                  },
                  [this, self](caf::tick_atom) { answer(self); }};
        })} {}

  void answer(caf::event_based_actor* self) {
    auto told = counts;
    if (asked)
      told.answer = asked->question.answered(now(self));
    tell(self, to, told);
  }

  bool quick = true;
  std::optional<tell_counts> asked;
  peer_counts counts;
  counts_sink to;
  caf::actor actor;
};

struct collector_fixture {
  ~collector_fixture() {
    caf::anon_send_exit(collector, caf::exit_reason::kill);
    for (const auto& one : tellers)
      caf::anon_send_exit(one.actor, caf::exit_reason::kill);
    net.run();
  }

  teller& add(std::uint64_t bytes) {
    auto& one = tellers.emplace_back(net.sys());
    one.counts.since.bytes_in = bytes;
    one.to = collector;
    return one;
  }

  void ask_all() {
    collect_metrics all;
    for (const auto& one : tellers)
      all.tellers.push_back(caf::actor_cast<counts_teller>(one.actor));
    net.sys().spawn([this, all](caf::event_based_actor* self) {
      ask(self, collector, 1h, all)
          .then([this](const metrics_snapshot& got) { answers.push_back(got); },
                [](caf::error&) { FAIL("no answer"); });
    });
    net.run();
  }

  virtual_system net;
  metrics_collector_actor collector = spawn_metrics_collector(net.sys());
  std::deque<teller> tellers;
  std::vector<metrics_snapshot> answers;
};

} // namespace

TEST_CASE("metrics collector: asks all, and answers once all have told") {
  collector_fixture f;
  // More than are asked in one turn.
  for (int i = 0; i < 600; ++i)
    f.add(1);
  f.ask_all();
  REQUIRE(f.answers.size() == 1);
  CHECK(f.answers[0].peers.bytes_in == 600);
  CHECK(f.answers[0].late == 0);
  f.ask_all();
  REQUIRE(f.answers.size() == 2);
  CHECK(f.answers[1].peers.bytes_in == 1200);
}

TEST_CASE("metrics collector: waits a second for who is slow, and counts what "
          "it tells later") {
  collector_fixture f;
  f.add(1);
  auto& slow = f.add(10);
  slow.quick = false;
  f.ask_all();
  f.net.advance(999ms);
  CHECK(f.answers.empty());
  f.net.advance(1ms);
  REQUIRE(f.answers.size() == 1);
  CHECK(f.answers[0].late == 1);
  CHECK(f.answers[0].peers.bytes_in == 1);
  // How long it took is told by the lag.
  tell_from_outside(slow.actor, caf::tick_atom_v);
  f.net.run();
  slow.quick = true;
  f.ask_all();
  REQUIRE(f.answers.size() == 2);
  CHECK(f.answers[1].late == 0);
  CHECK(f.answers[1].peers.bytes_in == 1 + 10 + 1 + 10);
  const auto& lag =
      f.answers[1].mailbox_lag[static_cast<std::size_t>(actor_kind::peer)];
  CHECK(lag.sum() == Approx(1));
}

TEST_CASE("metrics collector: who asks meanwhile gets the same answer") {
  collector_fixture f;
  auto& slow = f.add(10);
  slow.quick = false;
  f.ask_all();
  f.ask_all();
  tell_from_outside(slow.actor, caf::tick_atom_v);
  f.net.run();
  REQUIRE(f.answers.size() == 2);
  CHECK(f.answers[0].peers.bytes_in == 10);
  CHECK(f.answers[1].peers.bytes_in == 10);
}

TEST_CASE("metrics collector: who ends before it is asked is not waited for") {
  collector_fixture f;
  auto& leaving = f.add(10);
  leaving.quick = false;
  f.ask_all();
  CHECK(f.answers.empty());
  // As actors do at their end.
  leaving.asked.reset();
  tell_from_outside(leaving.actor, caf::tick_atom_v);
  f.net.run();
  REQUIRE(f.answers.size() == 1);
  CHECK(f.answers[0].peers.bytes_in == 10);
  CHECK(f.answers[0].late == 0);
}

TEST_CASE("metrics collector: with nobody to ask the answer comes at once") {
  collector_fixture f;
  f.ask_all();
  CHECK(f.answers.size() == 1);
}
