#include "app/commands/node_watchdog.hpp"
#include "app/console/messages.hpp"
#include "tests/app/program_fixture.hpp"
#include "tests/support/notify_socket.hpp"

#include <catch2/catch.hpp>
#include <spdlog/sinks/ringbuffer_sink.h>

#include <cstdlib>
#include <memory>

namespace grapevine::app {
namespace {

using spdlog::sinks::ringbuffer_sink_mt;

// A node whose mesh manager answers until it hangs.
caf::behavior hanging_node(int* answers) {
  return {[answers](inspect_node) -> caf::result<node_snapshot> {
    if ((*answers)-- > 0)
      return node_snapshot{};
    return caf::make_error(caf::sec::request_timeout);
  }};
}

// Proves that the node is alive until it has had to warn that it is not.
class prover {
public:
  prover(caf::event_based_actor* self, const node_actor& node,
         std::shared_ptr<ringbuffer_sink_mt> sink)
      : self_{self}, node_{node}, sink_{std::move(sink)},
        log_{std::make_shared<spdlog::logger>("test", sink_)},
        manager_{service_manager::from_environment(log_)}, watchdog_{self, node,
                                                                     manager_,
                                                                     log_} {
    watchdog_.prove();
  }

  void prove() {
    if (sink_->last_formatted().empty())
      return watchdog_.prove();
    watchdog_.end();
    self_->send_exit(node_, caf::exit_reason::user_shutdown);
    self_->quit();
  }

private:
  caf::event_based_actor* self_;
  node_actor node_;
  std::shared_ptr<ringbuffer_sink_mt> sink_;
  std::shared_ptr<spdlog::logger> log_;
  service_manager manager_;
  node_watchdog watchdog_;
};

TEST_CASE("watchdog: a node that does not answer is not said to be alive",
          "[app]") {
  const test::notify_socket socket;
  ::setenv("NOTIFY_SOCKET", socket.path().c_str(), 1);
  ::setenv("WATCHDOG_USEC", "2000", 1);
  const auto sink = std::make_shared<ringbuffer_sink_mt>(10);
  int answers = 2;
  caf::actor_system_config config;
  {
    caf::actor_system system{config};
    const auto node = caf::actor_cast<node_actor>(
        system.spawn([&answers] { return hanging_node(&answers); }));
    system.spawn([node, sink](caf::event_based_actor* self) -> caf::behavior {
      auto state = std::make_shared<prover>(self, node, sink);
      return {[state](prove_node_alive) { state->prove(); }};
    });
    system.await_all_actors_done();
  }
  ::unsetenv("NOTIFY_SOCKET");
  ::unsetenv("WATCHDOG_USEC");
  using std::chrono_literals::operator""ms;
  for (int i = 0; i < 2; ++i)
    CHECK(socket.next(0ms) == "WATCHDOG=1\nSTATUS=peers: 0, topics: 0");
  CHECK(socket.next(0ms).empty());
  REQUIRE_FALSE(sink->last_formatted().empty());
  CHECK_THAT(sink->last_formatted()[0],
             Catch::Contains("the node does not answer"));
}

} // namespace
} // namespace grapevine::app
