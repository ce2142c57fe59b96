#include "tests/sim/large_network.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <iomanip>
#include <ostream>
#include <span>

namespace grapevine::sim {

namespace {

using namespace std::chrono_literals;
using std::chrono::duration_cast;

// Before the first message, and for the last one to arrive: IHAVE tells of a
// message for three heartbeats, and IWANT is answered for five.
constexpr milliseconds settling{10'000};
constexpr milliseconds draining{8'000};

// A node is stable when it has been there for some heartbeats.
constexpr milliseconds stable_after{5'000};

// How long a node that vanished stays away, at the most.
constexpr std::size_t longest_absence_ms = 30'000;

// A node that has just published does not vanish: a message that nobody else
// has is nobody's fault.
constexpr milliseconds publishing{1'000};

network_options network_of(const large_network_options& options) {
  network_options result;
  result.seed = options.seed;
  result.loss = options.loss;
  result.payload = options.payload;
  result.stable_after = options.churn > 0 ? stable_after : milliseconds{0};
  result.deadline = draining;
  return result;
}

class large_network {
public:
  explicit large_network(const large_network_options& options)
      : options_{options}, net_{network_of(options)}, gen_{options.seed} {}

  large_network_result run() {
    populate();
    net_.run(settling);
    const auto all = duration_cast<milliseconds>(options_.duration);
    const auto end = net_.now() + all - settling - draining;
    while (net_.now() < end) {
      const auto next =
          std::min({end, next_message_, next_departure_, next_repair_});
      net_.run(duration_cast<milliseconds>(next - net_.now()));
      step();
    }
    net_.run(draining);
    return result();
  }

private:
  struct member {
    std::vector<std::size_t> topics;
    time_point last_published{};
  };

  struct absence {
    node_index node;
    time_point until;
  };

  static time_point never() { return time_point::max(); }

  void populate() {
    for (std::size_t i = 0; i < options_.topics; ++i)
      names_.push_back("topic-" + std::to_string(i));
    subscribers_.resize(options_.topics);
    members_.resize(options_.nodes);
    net_.add_nodes(options_.nodes, options_.node);
    for (node_index node = 0; node < options_.nodes; ++node)
      choose_topics(node);
    for (node_index node = 0; node < options_.nodes; ++node)
      settle_in(node);
    schedule_message();
    schedule_departure();
    if (options_.churn > 0)
      next_repair_ = net_.now() + 1s;
  }

  void choose_topics(node_index node) {
    std::vector<std::size_t> all(options_.topics);
    for (std::size_t i = 0; i < all.size(); ++i)
      all[i] = i;
    const auto count = std::min(options_.topics_per_node, all.size());
    gossip::shuffle_front(std::span{all}, count, gen_);
    all.resize(count);
    for (const auto topic : all)
      subscribers_[topic].push_back(node);
    members_[node].topics = std::move(all);
  }

  // Joins its topics and dials some subscribers of each, as one that asked for
  // them does.
  void settle_in(node_index node) {
    for (const auto topic : members_[node].topics) {
      net_.join(node, names_[topic]);
      for (std::size_t i = 0; i < options_.dials_per_topic; ++i)
        dial(node, topic);
    }
  }

  void dial(node_index node, std::size_t topic) {
    const auto& known = subscribers_[topic];
    for (int tries = 0; tries < 20; ++tries) {
      const auto peer = known[gossip::random_below(gen_, known.size())];
      if (peer != node && net_.up(peer) && !net_.connected({node, peer})) {
        net_.connect({node, peer});
        return;
      }
    }
  }

  void step() {
    const auto now = net_.now();
    if (now >= next_message_) {
      publish();
      schedule_message();
    }
    if (now >= next_departure_) {
      depart();
      schedule_departure();
    }
    if (now >= next_repair_) {
      repair();
      next_repair_ = now + 1s;
    }
  }

  // From none to twice the mean, so that some come close together.
  time_point after_about(double mean_ms) {
    const auto most = static_cast<std::size_t>(std::lround(2 * mean_ms)) + 1;
    return net_.now()
           + milliseconds{
               static_cast<std::int64_t>(gossip::random_below(gen_, most))};
  }

  void schedule_message() {
    const double per_second =
        options_.rate * static_cast<double>(options_.topics);
    next_message_ = per_second > 0 ? after_about(1000 / per_second) : never();
  }

  void schedule_departure() {
    const double per_minute =
        options_.churn * static_cast<double>(options_.nodes);
    next_departure_ =
        per_minute > 0 ? after_about(60'000 / per_minute) : never();
  }

  void publish() {
    const auto topic = gossip::random_below(gen_, options_.topics);
    const auto& known = subscribers_[topic];
    if (known.empty())
      return;
    const auto author = known[gossip::random_below(gen_, known.size())];
    if (!net_.up(author) || net_.node(author).meshes().peer_count() == 0)
      return;
    members_[author].last_published = net_.now();
    net_.publish(author, names_[topic]);
  }

  void depart() {
    const auto node =
        static_cast<node_index>(gossip::random_below(gen_, options_.nodes));
    if (!net_.up(node)
        || net_.now() - members_[node].last_published < publishing)
      return;
    // Who had dialled it looks for somebody else.
    for (const auto peer : net_.node(node).peers())
      bereaved_.push_back(peer);
    net_.stop(node);
    absent_.push_back(
        {node, after_about(static_cast<double>(longest_absence_ms) / 2)});
    ++departures_;
  }

  void repair() {
    for (const auto node : std::exchange(bereaved_, {}))
      if (net_.up(node))
        replace_peer(node);
    const auto back = std::partition(
        absent_.begin(), absent_.end(),
        [now = net_.now()](const absence& a) { return a.until > now; });
    for (auto one = back; one != absent_.end(); ++one) {
      net_.start(one->node);
      settle_in(one->node);
    }
    absent_.erase(back, absent_.end());
  }

  // Dials for the topic in which it knows the fewest, if these are few.
  void replace_peer(node_index node) {
    const auto peers_in = [&](std::size_t topic) {
      return net_.node(node).meshes().peers_of(names_[topic]).size();
    };
    const auto& topics = members_[node].topics;
    const auto least = *std::min_element(topics.begin(), topics.end(),
                                         [&](std::size_t a, std::size_t b) {
                                           return peers_in(a) < peers_in(b);
                                         });
    if (peers_in(least) < 2 * options_.dials_per_topic)
      dial(node, least);
  }

  large_network_result result() const {
    large_network_result r;
    r.figures = net_.result();
    r.trace = net_.trace();
    r.departures = departures_;
    for (node_index i = 0; i < net_.size(); ++i)
      r.dropped += net_.node(i).dropped();
    return r;
  }

  large_network_options options_;
  sim_network net_;
  gossip::rng gen_;
  std::vector<std::string> names_;
  std::vector<std::vector<node_index>> subscribers_;
  std::vector<member> members_;
  std::vector<absence> absent_;
  std::vector<node_index> bereaved_;
  time_point next_message_ = never();
  time_point next_departure_ = never();
  time_point next_repair_ = never();
  std::size_t departures_ = 0;
};

void print(std::ostream& os, std::string_view name, const quantiles& q,
           double mean) {
  os << name << "p50 " << q.p50 << ", p90 " << q.p90 << ", p99 " << q.p99
     << ", max " << q.max;
  if (mean > 0)
    os << ", mean " << mean;
  os << '\n';
}

} // namespace

large_network_result run_large_network(const large_network_options& options) {
  return large_network{options}.run();
}

void print(std::ostream& os, const large_network_options& options,
           const large_network_result& result) {
  const report& f = result.figures;
  const auto flags = os.flags();
  const auto node_seconds =
      static_cast<double>(options.nodes)
      * static_cast<double>(std::chrono::seconds{options.duration}.count());
  os << std::fixed << std::setprecision(2) << options.nodes << " nodes, "
     << options.topics << " topics, " << options.duration.count()
     << " minutes, seed " << options.seed << '\n'
     << "messages          " << f.published << " published, " << f.expected
     << " deliveries expected\n"
     << "delivery rate     " << std::setprecision(6) << f.delivery_rate
     << std::setprecision(2) << " (" << f.expected - f.deliveries
     << " missing, of which late " << f.late << "; twice " << f.unexpected
     << ")\n";
  print(os, "latency in hops   ", f.hops, f.mean_hops);
  print(os, "latency in ms     ", f.latency, 0);
  os << "duplicates        " << f.duplicates
     << " further copies of a message at each node\n"
     << "control overhead  " << f.control_overhead
     << " bytes by byte of messages, "
     << static_cast<double>(f.control_bytes) / node_seconds
     << " bytes per node and second\n"
     << "frames            " << f.frames << " sent, " << f.lost
     << " lost, send queues dropped " << result.dropped << '\n'
     << "nodes             " << result.departures << " vanished\n"
     << "trace             " << std::hex << result.trace << std::dec << '\n';
  os.flags(flags);
}

} // namespace grapevine::sim
