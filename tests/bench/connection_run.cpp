#include "tests/bench/connection_run.hpp"

#include "tests/bench/peer_set.hpp"
#include "tests/bench/process_stats.hpp"
#include "tests/bench/relay_process.hpp"

namespace grapevine::bench {

namespace {

using namespace std::chrono_literals;
using seconds = std::chrono::duration<double>;

// Connections that are being set up at once: enough to keep the relay busy,
// below what any of them has as a limit.
constexpr std::size_t at_once = 32;

// All connections together; some take milliseconds each.
constexpr auto connect_patience = 120s;

/// One run's figures, as they are found.
class run {
public:
  explicit run(const connection_options& o)
      : options_{o}, relay_{{o.program, {}, o.cores}}, cpu_{relay_.id()} {
    // Their keys and signatures are made before time counts.
    for (std::uint32_t i = 1; i <= o.peers; ++i)
      identities_.push_back(load_identity(i));
  }

  nlohmann::ordered_json measure() {
    static_cast<void>(relay_.multiaddr());
    wait(options_.settle_seconds);
    const auto alone = memory_of(relay_.id());
    connect(options_.idle_peers);
    wait(options_.settle_seconds);
    measure_idle();
    measure_rate();
    wait(options_.settle_seconds);
    const auto crowded = memory_of(relay_.id());
    const auto peers = static_cast<double>(options_.peers);
    add("idle_resident_bytes", alone.resident);
    add("idle_proportional_bytes", alone.proportional);
    add("resident_bytes_per_peer", (crowded.resident - alone.resident) / peers);
    add("proportional_bytes_per_peer",
        (crowded.proportional - alone.proportional) / peers);
    return std::move(result_);
  }

private:
  void add(const std::string& key, double value) { result_[key] = value; }

  /// Serves the peers for so many seconds.
  void wait(double time) {
    const auto end =
        peer_set::clock::now()
        + std::chrono::duration_cast<peer_set::duration>(seconds{time});
    while (peer_set::clock::now() < end)
      peers_.turn(20ms);
  }

  /// Dials, some at once, until there are `count` and all have exchanged what
  /// there is to be exchanged.
  void connect(std::size_t count) {
    const auto where = relay_.address();
    const auto greeting = load_greeting(1, false);
    const auto deadline = peer_set::clock::now() + connect_patience;
    std::vector<std::size_t> unfinished;
    while (peers_.size() < count || !unfinished.empty()) {
      while (peers_.size() < count && unfinished.size() < at_once) {
        unfinished.push_back(peers_.size());
        peers_.add(std::make_unique<load_peer>(
            identities_[peers_.size()], where, greeting, [](bytes_view) {}));
      }
      peers_.turn(1ms);
      std::erase_if(unfinished,
                    [this](std::size_t i) { return peers_[i].met(); });
      if (peer_set::clock::now() > deadline)
        throw load_error{"the relay does not take all connections"};
    }
  }

  void measure_idle() {
    const auto before = cpu_.seconds();
    const auto begin = peer_set::clock::now();
    wait(options_.idle_seconds);
    const seconds took = peer_set::clock::now() - begin;
    add("idle_cpu_share", (cpu_.seconds() - before) / took.count());
  }

  void measure_rate() {
    const auto count = static_cast<double>(options_.peers - peers_.size());
    const auto before = cpu_.seconds();
    const auto begin = peer_set::clock::now();
    const auto idle = peers_.idle();
    connect(options_.peers);
    const seconds took = peer_set::clock::now() - begin;
    const seconds waited = peers_.idle() - idle;
    const auto spent = cpu_.seconds() - before;
    add("connections_per_s", count / took.count());
    add("cpu_ms_per_connection", spent * 1e3 / count);
    add("relay_cores", spent / took.count());
    add("generator_core", 1 - waited / took);
  }

  connection_options options_;
  relay_process relay_;
  process_clock cpu_;
  std::vector<std::shared_ptr<const libp2p::session_config>> identities_;
  peer_set peers_;
  nlohmann::ordered_json result_;
};

} // namespace

nlohmann::ordered_json measure_connections(const connection_options& options) {
  return run{options}.measure();
}

} // namespace grapevine::bench
