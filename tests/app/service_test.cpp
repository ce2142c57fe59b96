#include "tests/app/program_fixture.hpp"
#include "tests/support/notify_socket.hpp"

#include <catch2/catch.hpp>

#include <csignal>

namespace grapevine::app {
namespace {

using Catch::StartsWith;

// A node that a service manager has started.
class service {
public:
  explicit service(words environment)
      : process_{command(std::move(environment)), folder_ / "stderr"} {}

  std::string told() const { return socket_.next(patience); }
  support::process& process() { return process_; }

private:
  words command(words environment) const {
    words all{"/usr/bin/env", "NOTIFY_SOCKET=" + socket_.path(),
              "XDG_STATE_HOME=" + (folder_ / "state").string()};
    all.insert(all.end(), environment.begin(), environment.end());
    for (const auto* word :
         {GRAPEVINE_PATH, "run", "--listen", "/ip4/127.0.0.1/tcp/0"})
      all.emplace_back(word);
    return all;
  }

  temporary_folder folder_;
  test::notify_socket socket_;
  support::process process_;
};

TEST_CASE("run: tells a service manager when it listens and when it stops",
          "[app]") {
  service node{{}};
  CHECK_THAT(node.told(), StartsWith("READY=1\n"));
  // It listens by then.
  std::string line;
  const auto read =
      node.process().read_line(line, std::chrono::steady_clock::now());
  CHECK(read == support::read_status::line);
  CHECK_THAT(line, StartsWith("listening /ip4/127.0.0.1/tcp/"));
  ::kill(node.process().id(), SIGTERM);
  CHECK_THAT(node.told(), StartsWith("STOPPING=1\n"));
}

TEST_CASE("run: tells a watchdog that the node answers", "[app]") {
  service node{{"WATCHDOG_USEC=20000"}};
  CHECK_THAT(node.told(), StartsWith("READY=1\n"));
  for (int i = 0; i < 3; ++i)
    CHECK(node.told() == "WATCHDOG=1\nSTATUS=peers: 0, topics: 0");
}

} // namespace
} // namespace grapevine::app
