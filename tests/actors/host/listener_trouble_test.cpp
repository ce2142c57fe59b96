// What a listener does when its socket ends or there are too few descriptors.
#include "tests/support/listener_fixture.hpp"

#include <deque>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

// No descriptor above so many for as long as it lives.
struct descriptor_bound {
  explicit descriptor_bound(rlim_t most) {
    ::getrlimit(RLIMIT_NOFILE, &before);
    auto less = before;
    less.rlim_cur = most;
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &less) == 0);
  }
  ~descriptor_bound() { ::setrlimit(RLIMIT_NOFILE, &before); }
  rlimit before{};
};

// All descriptors below a number.
std::deque<unique_fd> take_below(int number) {
  std::deque<unique_fd> result;
  for (;;) {
    unique_fd one{::dup(0)};
    REQUIRE(one);
    if (one.get() >= number)
      return result;
    result.push_back(std::move(one));
  }
}

} // namespace

TEST_CASE("listener: a socket that fails is told to the node, and all end") {
  listener_fixture f;
  const auto silent = f.come();
  const auto talking = f.talk();
  f.break_socket();
  REQUIRE(f.sink.all<listener_failed>().size() == 1);
  CHECK(f.sink.all<listener_failed>()[0].address == f.where.to_multiaddr());
  CHECK_FALSE(f.sink.all<listener_failed>()[0].reason.empty());
  CHECK(f.ended());
  CHECK(silent.closed());
  CHECK(talking.closed());
}

TEST_CASE("listener: closed, it listens no longer and gives up what was under "
          "way") {
  listener_fixture f;
  const auto silent = f.come();
  const auto talking = f.talk();
  f.say(close_transport{});
  CHECK(f.ended());
  CHECK(silent.closed());
  CHECK(talking.closed());
  CHECK(f.sink.all<listener_failed>().empty());
  CHECK(listen_on(f.where));
}

TEST_CASE("listener: without free descriptors it waits, says so once a minute, "
          "and goes on when there are some") {
  listener_fixture f;
  const auto warning = [&] {
    const auto text = f.log();
    return text.find("warning not accepting connections while there are too "
                     "few free descriptors")
           != std::string::npos;
  };
  const stranger late{unique_fd{::socket(AF_INET, SOCK_STREAM, 0)}};
  {
    const auto free = ::dup(0);
    ::close(free);
    const descriptor_bound none{static_cast<rlim_t>(free)};
    f.connect(late);
    CHECK(warning());
    f.advance(10s);
    CHECK_FALSE(warning());
    f.advance(49'800ms);
    CHECK_FALSE(warning());
    f.advance(200ms);
    CHECK(warning());
    CHECK_FALSE(late.closed());
  }
  // Accepted only now: its time begins.
  f.advance(200ms);
  f.advance(2'999ms);
  CHECK_FALSE(late.closed());
  f.advance(1ms);
  CHECK(late.closed());
}

TEST_CASE("listener: a handshake that ends is no reason to ask for descriptors "
          "before the time") {
  listener_fixture f;
  auto first = f.come();
  const stranger late{unique_fd{::socket(AF_INET, SOCK_STREAM, 0)}};
  {
    const auto free = ::dup(0);
    ::close(free);
    const descriptor_bound none{static_cast<rlim_t>(free)};
    f.connect(late);
  }
  first.hang_up();
  f.run();
  f.advance(200ms);
  f.advance(2'999ms);
  CHECK_FALSE(late.closed());
  f.advance(1ms);
  CHECK(late.closed());
}

TEST_CASE("listener: some descriptors are left for others") {
  // Of 64 twenty: 43 is the last that is accepted.
  const descriptor_bound bound{64};
  const int strangers_own = GENERATE(42, 43);
  listener_fixture f;
  auto taken = take_below(strangers_own);
  const auto last = f.come();
  if (strangers_own == 42) {
    CHECK_FALSE(last.closed());
    CHECK(f.log().empty());
    return;
  }
  CHECK(last.closed());
  CHECK_THAT(f.log(), Catch::Contains("too few free descriptors"));
  // When there are enough, the next one has to wait for a moment.
  taken.clear();
  const auto next = f.come();
  f.advance(200ms);
  f.advance(2'999ms);
  CHECK_FALSE(next.closed());
  f.advance(1ms);
  CHECK(next.closed());
}
