// How the rules about messages act together: what keeps a promise, and what the
// gater hears. What is known of messages is tested with `message_store`.
#include "gossip/cache/message_cache.hpp"
#include "tests/support/message_store_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

struct cache_fixture {
  explicit cache_fixture(message_cache_options options = {})
      : cache{std::move(options)} {}

  /// Peer 1 offered it and was asked for it.
  void promise(std::string_view id = "id") { cache.asked(sender(1), id, now); }

  /// The heartbeats of the time in which a promise has to be kept, and one.
  double broken() {
    double count = 0;
    for (int i = 0; i < 5; ++i)
      count += beat();
    return count;
  }

  double beat() {
    now += 1s;
    cache.shift(now, effects);
    return counted();
  }

  /// What is counted against peers since the last time.
  double counted() {
    double count = 0;
    for (const auto& effect : effects)
      if (const auto* one = std::get_if<promise_counted>(&effect)) {
        CHECK(one->peer == sender(1));
        count += one->count;
      }
    effects.clear();
    return count;
  }

  credit receive(int peer, message_ptr msg = message_named("id")) {
    received.push_back(std::move(msg));
    return cache.receive(sender(peer), received.back(), now, effects);
  }

  validation_token token() const {
    for (const auto& effect : effects)
      if (const auto* one = std::get_if<validate_message>(&effect))
        return one->token;
    FAIL("nothing is to be validated");
    return {};
  }

  message_cache cache;
  message_effects effects;
  rng gen{1};
  time_point now{std::chrono::hours{1}};
  std::vector<message_ptr> received;
};

} // namespace

TEST_CASE("message_cache: a promise that nobody keeps is counted once (P7)") {
  cache_fixture f;
  f.promise();
  CHECK(f.beat() == 0);
  CHECK(f.broken() == 1);
  CHECK(f.broken() == 0);
}

TEST_CASE("message_cache: a promise is kept by whoever brings the message, "
          "before any verdict") {
  cache_fixture f;
  f.promise();
  f.receive(2);
  CHECK(f.broken() == 0);
}

TEST_CASE("message_cache: a promise is kept by what needs no validation") {
  message_cache_options options;
  options.store.sound = [](const message&) { return true; };
  cache_fixture f{options};
  f.promise();
  CHECK(f.receive(2) == credit::returned);
  CHECK(f.broken() == 0);
}

TEST_CASE("message_cache: a promise is kept by what is dropped as too much is "
          "validated") {
  message_cache_options options;
  options.store.validation.max_messages = 1;
  cache_fixture f{options};
  f.promise();
  f.receive(2, message_named("other"));
  f.receive(1);
  CHECK(std::ranges::any_of(f.effects, [](const message_effect& e) {
    return std::holds_alternative<throttled_message>(e);
  }));
  CHECK(f.broken() == 0);
}

TEST_CASE("message_cache: a promise is kept by what is refused at sight") {
  cache_fixture f;
  f.cache.store().block(sender(1));
  f.promise();
  f.receive(1);
  CHECK(f.broken() == 0);
}

TEST_CASE("message_cache: a promise is kept by what nobody here wants any "
          "longer") {
  cache_fixture f;
  f.promise();
  f.cache.unwanted(*message_named("id"), f.now, f.effects);
  CHECK(f.broken() == 0);
}

TEST_CASE("message_cache: what came meanwhile is not promised") {
  cache_fixture f;
  f.receive(2);
  f.promise();
  CHECK(f.broken() == 0);
}

TEST_CASE("message_cache: an answer that is late takes back what was counted") {
  cache_fixture f;
  f.promise();
  REQUIRE(f.broken() == 1);
  f.receive(1);
  CHECK(f.counted() == -1);
}

TEST_CASE("message_cache: a promise is not held against anybody while this "
          "node itself is late") {
  cache_fixture f;
  f.beat();
  f.promise();
  f.now += 9s;
  CHECK(f.beat() == 0);
  f.receive(1);
  CHECK(f.broken() == 0);
}

TEST_CASE("message_cache: a large new message is announced with its first "
          "copy, and not with the next") {
  message_cache_options options;
  options.params.gossip.idontwant_threshold = 4;
  cache_fixture f{options};
  const auto announced = [&] {
    const auto n = std::ranges::count_if(f.effects, [](const auto& e) {
      const auto* one = std::get_if<validate_message>(&e);
      return one != nullptr && one->announce;
    });
    return n;
  };
  f.receive(1, message_named("small", "t", "abc"));
  CHECK(announced() == 0);
  f.receive(1, message_named("id", "t", "forged"));
  CHECK(announced() == 1);
  const auto first = std::get<validate_message>(f.effects.back()).token;
  f.receive(2, message_named("id", "t", "the true one"));
  f.effects.clear();
  f.cache.decide(message_id{"id"}, first, rejected, f.now, f.effects);
  CHECK(f.token() != first);
  CHECK(announced() == 0);
}

TEST_CASE("message_cache: the gater turns away who brings nothing of worth, "
          "and then expects nothing of it") {
  message_cache_options options;
  options.gater.emplace();
  options.store.validation.max_messages = 1;
  cache_fixture f{options};
  f.cache.add_peer(sender(1), {});
  for (int i = 0; i < 20; ++i)
    f.receive(1, message_named(std::to_string(i)));
  f.cache.decide(message_id{"0"}, f.token(), rejected, f.now, f.effects);
  const auto heard = [&] {
    int count = 0;
    for (int i = 0; i < 100; ++i)
      count += f.cache.hears(sender(1), f.now, f.gen) ? 1 : 0;
    return count;
  };
  f.promise();
  CHECK(heard() < 30);
  CHECK(f.broken() == 0);
  f.cache.set_direct(sender(1), true);
  CHECK(heard() == 100);
  f.cache.set_direct(sender(1), false);
  CHECK(heard() < 30);
}

TEST_CASE("message_cache: of an IHAVE what is new is asked for, in an order "
          "that nobody can foretell") {
  cache_fixture f;
  f.receive(1, message_named("1"));
  std::set<std::string> first;
  for (int i = 0; i < 50; ++i) {
    const auto wanted =
        f.cache.ihave(std::vector<std::string>{"1", "2", "3"}, f.now, f.gen);
    REQUIRE(wanted.size() == 2);
    first.insert(wanted.front());
  }
  CHECK(first == std::set<std::string>{"2", "3"});
}

TEST_CASE("message_cache: each peer that is gossiped to begins elsewhere where "
          "not all ids fit") {
  message_cache_options options;
  options.params.gossip.max_ihave_ids = 5;
  cache_fixture f{options};
  for (int i = 0; i < 50; ++i)
    f.cache.publish(message_named(std::to_string(i)), f.now, f.effects);
  gossip_due wanted{"t", {}, 3};
  for (std::uint32_t i = 0; i < 10; ++i)
    wanted.peers.push_back({i, 1});
  std::set<std::size_t> begins;
  f.cache.gossip(wanted, f.gen, [&](peer_handle, const ihave_part& part) {
    CHECK(part.all->ids.size() == 50);
    CHECK(part.count == 5);
    begins.insert(part.first);
  });
  CHECK(begins.size() > 5);
}
