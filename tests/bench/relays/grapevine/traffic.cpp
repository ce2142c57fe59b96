#include "tests/bench/relays/grapevine/traffic.hpp"

#include "tests/bench/relays/grapevine/options.hpp"

#include <nlohmann/json.hpp>
#include <sodium.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <thread>
#include <utility>

namespace grapevine::bench {

namespace {

/// A message begins with the time when it was published.
constexpr std::size_t stamp_size = sizeof(std::int64_t);
/// Then with what makes it unique.
constexpr std::size_t header_size = stamp_size + 8;

constexpr std::chrono::seconds patience{30};

/// The relays run on one machine: all read the same clock.
std::int64_t wall_clock() {
  using namespace std::chrono;
  return duration_cast<nanoseconds>(system_clock::now().time_since_epoch())
      .count();
}

bytes make_message(std::size_t size) {
  bytes result(std::max(size, header_size));
  ::randombytes_buf(result.data() + stamp_size, header_size - stamp_size);
  const auto now = wall_clock();
  std::memcpy(result.data(), &now, stamp_size);
  return result;
}

} // namespace

void latency_log::add(bytes_view data) {
  const auto now = wall_clock();
  if (data.size() < header_size)
    return;
  std::int64_t published = 0;
  std::memcpy(&published, data.data(), stamp_size);
  const std::lock_guard lock{mutex_};
  microseconds_.push_back((now - published) / 1000);
}

std::string latency_log::report() {
  std::vector<std::int64_t> all;
  {
    const std::lock_guard lock{mutex_};
    all.swap(microseconds_);
  }
  return nlohmann::json{{"delivered", all.size()}, {"latencies_us", all}}
      .dump();
}

std::size_t publish_steadily(caf::actor_system& system, const node_actor& node,
                             const steady_load& load) {
  caf::scoped_actor self{system};
  std::size_t published = 0;
  const auto count =
      static_cast<std::size_t>(std::lround(load.rate * load.seconds));
  const auto begin = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < count; ++i) {
    const std::chrono::duration<double> due{static_cast<double>(i) / load.rate};
    std::this_thread::sleep_until(
        begin + std::chrono::duration_cast<std::chrono::nanoseconds>(due));
    ask(self.ptr(), node, patience,
        publish_message{topic_name(0), make_message(load.size)})
        .receive([&](const publish_receipt&) { ++published; },
                 [](const caf::error&) {});
  }
  return published;
}

} // namespace grapevine::bench
