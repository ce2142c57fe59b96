#include "actors/network_key_file.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/ping_client.hpp"
#include "app/console/output.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string>

namespace grapevine::app {

namespace {

using std::chrono::nanoseconds;

double to_ms(nanoseconds time) {
  return std::chrono::duration<double, std::milli>{time}.count();
}

class statistics {
public:
  void add(nanoseconds time) {
    shortest_ = count_ == 0 ? time : std::min(shortest_, time);
    longest_ = std::max(longest_, time);
    sum_ += time;
    ++count_;
  }

  std::string text() const {
    return fmt::format("{} pings, rtt min/avg/max {:.3f}/{:.3f}/{:.3f} ms",
                       count_, to_ms(shortest_),
                       to_ms(sum_) / static_cast<double>(count_),
                       to_ms(longest_));
  }

  std::size_t count() const noexcept { return count_; }

private:
  nanoseconds shortest_{};
  nanoseconds longest_{};
  nanoseconds sum_{};
  std::size_t count_ = 0;
};

// Pings until all are done, one fails, or the client is stopped.
outcome<void> ping_all(ping_client& client, const ping_arguments& arguments,
                       statistics& seen) {
  const auto peer = client.peer().to_base58();
  while (!client.stopped()) {
    const auto time = client.ping(arguments.timeout);
    if (client.stopped())
      break;
    if (!time)
      return unexpected{time.error()};
    seen.add(*time);
    const auto line = fmt::format("pong from {}: seq={} rtt={:.3f} ms", peer,
                                  seen.count(), to_ms(*time));
    const auto printed = print_line(line);
    if (!printed)
      return unexpected{printed.error()};
    if (!*printed || (arguments.count && seen.count() == *arguments.count))
      break;
    if (auto rested = client.idle(arguments.interval); !rested)
      return rested;
  }
  return {};
}

} // namespace

outcome<exit_code> ping(const ping_arguments& arguments) {
  std::shared_ptr<const libp2p::network_key> network;
  if (arguments.swarm_key) {
    auto loaded = load_network_key(*arguments.swarm_key);
    if (!loaded)
      return runtime_error(loaded.error().text);
    network = std::move(loaded->key);
  }
  stop_signals signals;
  signals.watch([] {});
  ping_client client{signals.stopped(), std::move(network)};
  const auto fail = [&](const failure& why) {
    return runtime_error(arguments.address.to_text() + ": " + why.text);
  };
  if (auto connected = client.connect(arguments.address, arguments.timeout);
      !connected)
    return fail(connected.error());
  statistics seen;
  if (auto done = ping_all(client, arguments, seen); !done)
    return fail(done.error());
  if (seen.count() == 0)
    return runtime_error("stopped before a ping was answered");
  if (auto printed = print_line(seen.text()); !printed)
    return unexpected{printed.error()};
  return success;
}

} // namespace grapevine::app
