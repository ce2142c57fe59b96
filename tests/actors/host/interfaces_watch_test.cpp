// Changes of interfaces, as a socket in netlink's place tells of them.
#include "actors/host/interfaces_watch.hpp"
#include "tests/support/recorder.hpp"
#include "tests/support/virtual_reactor.hpp"
#include "tests/support/virtual_system.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <memory>
#include <sys/socket.h>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

struct watch_fixture {
  watch_fixture() : reactor{system.sys()}, sink{system.sys()} {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
                         ends.data())
            == 0);
    netlink = unique_fd{ends[0]};
    watch =
        spawn_interfaces_watch(system.sys(), reactor.link(), unique_fd{ends[1]},
                               sink.as<interfaces_sink>());
    caf::actor_cast<caf::actor>(watch)->attach_functor(
        [ended = ended](const caf::error& why) { *ended = why; });
    run();
  }
  watch_fixture(const watch_fixture&) = delete;
  ~watch_fixture() {
    reactor.end_owners();
    run();
  }

  void run() {
    do
      system.run();
    while (reactor.report());
    system.run();
  }

  void change() {
    CHECK(write_some(netlink.get(), as_bytes("changed")).status
          == io_status::done);
    run();
  }

  // What was told within this time.
  std::size_t told_in(std::chrono::milliseconds time) {
    const auto before = sink.all<interfaces_changed>().size();
    constexpr auto step = 10ms;
    for (; time.count() > 0; time -= step) {
      system.advance(step);
      run();
    }
    return sink.all<interfaces_changed>().size() - before;
  }

  virtual_system system;
  virtual_reactor reactor;
  recorder<interfaces_changed> sink;
  unique_fd netlink;
  std::shared_ptr<std::optional<caf::error>> ended =
      std::make_shared<std::optional<caf::error>>();
  interfaces_watch_actor watch;
};

} // namespace

TEST_CASE("interfaces watch: changes that come together are told once, when "
          "they have settled") {
  watch_fixture f;
  CHECK(f.told_in(1h / 60) == 0);
  for (int i = 0; i < 5; ++i)
    f.change();
  CHECK(f.told_in(interfaces_settle - 10ms) == 0);
  CHECK(f.told_in(20ms) == 1);
  CHECK(f.told_in(10s) == 0);
}

TEST_CASE("interfaces watch: of two changes the second waits no longer than "
          "the first, the third does") {
  watch_fixture f;
  f.change();
  CHECK(f.told_in(1s) == 1);
  f.change();
  CHECK(f.told_in(interfaces_settle + 10ms) == 1);
  f.change();
  CHECK(f.told_in(interfaces_settle + 10ms) == 0);
  CHECK(f.told_in(interfaces_pause) == 1);
}

TEST_CASE("interfaces watch: an interface that comes and goes all the time is "
          "told of every few seconds, and what it ends with is") {
  watch_fixture f;
  std::size_t told = 0;
  for (int i = 0; i < 300; ++i) {
    f.change();
    told += f.told_in(100ms);
  }
  CHECK(told >= 11);
  CHECK(told <= 13);
  CHECK(f.told_in(interfaces_pause) == 1);
}

TEST_CASE("interfaces watch: ends with the reason when nothing more can be "
          "heard") {
  watch_fixture f;
  // An empty datagram reads as an end.
  CHECK(::send(f.netlink.get(), "", 0, 0) == 0);
  f.run();
  REQUIRE(*f.ended);
  CHECK_THAT(reason_of(**f.ended), Catch::Contains("closed"));
}
