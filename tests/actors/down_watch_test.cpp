// Who is told that actors end.
#include "messages/caf_compat.hpp"
#include "tests/support/virtual_system.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace grapevine;
using namespace grapevine::test;

namespace {

struct watcher_fixture {
  watcher_fixture() {
    watcher = net.sys().spawn([this](caf::event_based_actor* self) {
      watch = std::make_unique<down_watch<caf::event_based_actor>>(
          self, [this](const caf::actor_addr& who, const caf::error&) {
            downs.push_back(who);
          });
      return caf::behavior{[this](const caf::actor& one, bool on) {
        if (on)
          watch->watch(one);
        else
          watch->forget(one.address());
      }};
    });
    net.run();
  }
  ~watcher_fixture() {
    caf::anon_send_exit(watcher, caf::exit_reason::kill);
    net.run();
  }

  caf::actor somebody() {
    return net.sys().spawn(
        [](caf::event_based_actor*) { return caf::behavior{[](int) {}}; });
  }
  void say(const caf::actor& one, bool on) {
    tell_from_outside(watcher, one, on);
    net.run();
  }
  void end(const caf::actor& one) {
    caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
    net.run();
  }

  virtual_system net;
  std::unique_ptr<down_watch<caf::event_based_actor>> watch;
  std::vector<caf::actor_addr> downs;
  caf::actor watcher;
};

} // namespace

TEST_CASE("down watch: an end is told once, however often it is watched for") {
  watcher_fixture f;
  const auto one = f.somebody();
  f.say(one, true);
  f.say(one, true);
  f.end(one);
  CHECK(f.downs == std::vector<caf::actor_addr>{one.address()});
}

TEST_CASE("down watch: what is forgotten is not told") {
  watcher_fixture f;
  const auto one = f.somebody();
  f.say(one, true);
  f.say(one, false);
  f.end(one);
  CHECK(f.downs.empty());
}

TEST_CASE("down watch: what was forgotten can be watched again") {
  watcher_fixture f;
  const auto one = f.somebody();
  for (int i = 0; i < 3; ++i) {
    f.say(one, true);
    f.say(one, false);
  }
  f.say(one, true);
  f.end(one);
  CHECK(f.downs == std::vector<caf::actor_addr>{one.address()});
}

TEST_CASE("down watch: one that has ended is told when it is watched for "
          "again") {
  watcher_fixture f;
  const auto one = f.somebody();
  f.say(one, true);
  f.end(one);
  f.say(one, true);
  CHECK(f.downs.size() == 2);
}
