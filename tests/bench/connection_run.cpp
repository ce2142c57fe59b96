#include "tests/bench/connection_run.hpp"

#include "tests/bench/pair_run.hpp"
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
constexpr auto stop_patience = 60s;

// Other numbers than the pairs'.
constexpr std::uint32_t first_number = 1'001;

// Of a crowd a turn serves few: the pair beside it does not wait for it long.
constexpr std::size_t few_events = 4;

// The crowd's topic, and one that is the pair's alone.
constexpr std::size_t busy_topic = 0;
constexpr std::size_t quiet_topic = 1;

/// Meshes that have room for the pair, however many others there are; without
/// it the relay is as it is by default.
std::vector<std::string> relay_arguments_of(const connection_options& o) {
  if (o.pair_rate <= 0)
    return {};
  return {"--topics",     "2", "--degree",      "2",
          "--degree-low", "2", "--degree-high", "6"};
}

/// One run's figures, as they are found.
class run {
public:
  explicit run(const connection_options& o)
      : options_{o}, relay_{{o.program, relay_arguments_of(o), o.cores}},
        cpu_{relay_.id()}, peers_{o.pair_rate > 0 ? few_events
                                                  : peer_set::usual_events} {
    // Their keys and signatures are made before time counts.
    identities_.reserve(o.peers);
    for (std::uint32_t i = 0; i < o.peers; ++i)
      identities_.push_back(load_identity(first_number + i, o.security));
  }

  nlohmann::ordered_json measure() {
    static_cast<void>(relay_.multiaddr());
    wait(options_.settle_seconds);
    const auto alone = memory_of(relay_.id());
    connect(options_.idle_peers);
    wait(options_.settle_seconds);
    measure_idle();
    connect(options_.peers);
    wait(options_.settle_seconds);
    add_memory(alone, memory_of(relay_.id()));
    if (options_.pair_rate > 0)
      measure_pairs();
    if (options_.stop)
      measure_stop();
    return std::move(result_);
  }

private:
  void add(const std::string& key, double value) { result_[key] = value; }

  void add_memory(const memory_use& alone, const memory_use& crowded) {
    const auto peers = static_cast<double>(options_.peers);
    add("idle_resident_bytes", alone.resident);
    add("idle_proportional_bytes", alone.proportional);
    add("resident_bytes_per_peer", (crowded.resident - alone.resident) / peers);
    add("proportional_bytes_per_peer",
        (crowded.proportional - alone.proportional) / peers);
  }

  /// Serves the peers for so many seconds.
  void wait(double time) {
    const auto end =
        peer_set::clock::now()
        + std::chrono::duration_cast<peer_set::duration>(seconds{time});
    while (peer_set::clock::now() < end)
      peers_.turn(20ms);
  }

  /// Dials, some at once, until there are `count` and all have exchanged what
  /// there is to be exchanged; what that takes is measured.
  void connect(std::size_t count) {
    if (count <= peers_.size())
      return;
    const auto more = static_cast<double>(count - peers_.size());
    const auto before = cpu_.seconds();
    const auto begin = peer_set::clock::now();
    const auto idle = peers_.idle();
    dial_until(count);
    const seconds took = peer_set::clock::now() - begin;
    const seconds waited = peers_.idle() - idle;
    const auto spent = cpu_.seconds() - before;
    add("connections_per_s", more / took.count());
    add("cpu_ms_per_connection", spent * 1e3 / more);
    add("relay_cores", spent / took.count());
    add("generator_core", 1 - waited / took);
  }

  void dial_until(std::size_t count) {
    const auto where = relay_.address();
    const auto greeting = load_greeting(1, false, busy_topic);
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

  /// On a topic of its own, where it notices that there are others, and on
  /// theirs, where the relay tells them what they might have missed.
  void measure_pairs() {
    pair_options pair;
    pair.rate = options_.pair_rate;
    pair.seconds = options_.pair_seconds;
    pair.pools = options_.pools;
    for (const auto& [topic, suffix] :
         {std::pair{quiet_topic, "_beside"}, std::pair{busy_topic, "_among"}}) {
      pair.topic = topic;
      pair.suffix = suffix;
      measure_pair(pair, relay_.address(), cpu_, peers_, result_);
      pair.publisher += 2;
    }
  }

  /// The peers are silent meanwhile.
  void measure_stop() {
    const auto before = cpu_.seconds();
    const auto begin = peer_set::clock::now();
    const auto spent = relay_.stop(stop_patience);
    const seconds took = peer_set::clock::now() - begin;
    add("stop_cpu_s", spent - before);
    add("stop_s", took.count());
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
