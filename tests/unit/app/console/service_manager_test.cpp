#include "app/console/service_manager.hpp"
#include "tests/support/notify_socket.hpp"

#include <catch2/catch.hpp>
#include <spdlog/sinks/ringbuffer_sink.h>

#include <cstdlib>
#include <map>
#include <unistd.h>

namespace grapevine::app {
namespace {

using Catch::Contains;
using namespace std::chrono_literals;

// The environment that a service manager starts a program with, for a while.
class environment {
public:
  explicit environment(const std::map<std::string, std::string>& values) {
    for (const auto& [name, value] : values)
      ::setenv(name.c_str(), value.c_str(), 1);
  }
  environment(const environment&) = delete;
  environment& operator=(const environment&) = delete;
  ~environment() {
    for (const auto* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"})
      ::unsetenv(name);
  }
};

class logged_texts {
public:
  service_manager manager() const {
    return service_manager::from_environment(
        std::make_shared<spdlog::logger>("test", sink_));
  }
  auto lines() const { return sink_->last_formatted(); }

private:
  using sink = spdlog::sinks::ringbuffer_sink_mt;
  std::shared_ptr<sink> sink_ = std::make_shared<sink>(10);
};

TEST_CASE("service manager: is told what the program does", "[app]") {
  const test::notify_socket socket;
  const environment given{{{"NOTIFY_SOCKET", socket.path()}}};
  const logged_texts log;
  auto manager = log.manager();
  manager.ready("listening");
  CHECK(socket.next(1s) == "READY=1\nSTATUS=listening");
  manager.alive("peers: 2");
  CHECK(socket.next(1s) == "WATCHDOG=1\nSTATUS=peers: 2");
  manager.reloading();
  CHECK_THAT(socket.next(1s), Catch::Matches("RELOADING=1\nMONOTONIC_USEC="
                                             "[0-9]+\nSTATUS=.*"));
  manager.stopping();
  CHECK_THAT(socket.next(1s), Catch::StartsWith("STOPPING=1\n"));
  CHECK(log.lines().empty());
}

TEST_CASE("service manager: nobody is told where there is none", "[app]") {
  const environment given{{{"WATCHDOG_USEC", "1000"}}};
  const logged_texts log;
  auto manager = log.manager();
  manager.ready("listening");
  CHECK_FALSE(manager.alive_every());
  CHECK(log.lines().empty());
}

TEST_CASE("service manager: is told twice in the time of its watchdog",
          "[app]") {
  const auto every = [](std::map<std::string, std::string> values) {
    values.emplace("NOTIFY_SOCKET", "/does/not/matter");
    const environment given{values};
    return logged_texts{}.manager().alive_every();
  };
  const auto pid = std::to_string(::getpid());
  CHECK(every({{"WATCHDOG_USEC", "60000000"}}) == 30s);
  CHECK(every({{"WATCHDOG_USEC", "500"}, {"WATCHDOG_PID", pid}}) == 250us);
  CHECK_FALSE(every({}));
  CHECK_FALSE(every({{"WATCHDOG_USEC", "0"}}));
  CHECK_FALSE(every({{"WATCHDOG_USEC", "-1"}}));
  CHECK_FALSE(every({{"WATCHDOG_USEC", "5s"}}));
  // Another process of the unit is meant.
  CHECK_FALSE(every({{"WATCHDOG_USEC", "500"}, {"WATCHDOG_PID", "1"}}));
}

TEST_CASE("service manager: that cannot be told is warned of, once", "[app]") {
  const auto [path, why] = GENERATE(table<std::string, std::string>({
      {"/does/not/exist", "No such file"},
      {"@grapevine-nobody-listens-here", "Connection refused"},
      {"not/absolute", "Invalid argument"},
      {"/" + std::string(200, 'x'), "Invalid argument"},
  }));
  const environment given{{{"NOTIFY_SOCKET", path}}};
  const logged_texts log;
  auto manager = log.manager();
  manager.ready("listening");
  manager.stopping();
  const auto lines = log.lines();
  REQUIRE(lines.size() == 1);
  CHECK_THAT(lines[0], Contains("warning") && Contains(path) && Contains(why));
}

} // namespace
} // namespace grapevine::app
