#include "actors/node/metrics_collector.hpp"

#include "actors/host/host_context.hpp"
#include "actors/node/metrics_book.hpp"

#include <algorithm>
#include <chrono>
#include <unordered_set>
#include <utility>
#include <vector>

namespace grapevine {

namespace {

// How long slow actors are waited for: an answer is of no use to who has given
// up.
constexpr std::chrono::seconds patience{1};

// Actors that are asked in one turn, so that messages find their way between
// the questions.
constexpr std::size_t slice = 256;

class collector_state {
public:
  explicit collector_state(metrics_collector_actor::pointer self)
      : self_{self} {}

  // Whoever asks meanwhile gets the same answer.
  caf::typed_response_promise<metrics_snapshot> collect(collect_metrics& msg) {
    auto promise = self_->make_response_promise<metrics_snapshot>();
    waiting_.push_back(promise);
    if (waiting_.size() > 1)
      return promise;
    book_.begin(++round_);
    open_.clear();
    for (const auto& one : msg.tellers)
      open_.insert(one.address());
    for (const auto& one : msg.listeners)
      open_.insert(one.address());
    to_ask_ = std::move(msg);
    tell_self_later(self_, patience, collect_expired{round_});
    ask_some();
    return promise;
  }

  void ask_some() {
    if (waiting_.empty())
      return;
    const counts_question question{round_, now(self_)};
    for (const auto& one : std::exchange(to_ask_.listeners, {}))
      tell(self_, one,
           tell_host_counts{metrics_collector_actor{self_}, question});
    auto& left = to_ask_.tellers;
    const auto some =
        left.begin()
        + static_cast<std::ptrdiff_t>(std::min(slice, left.size()));
    for (auto i = left.begin(); i != some; ++i)
      tell(self_, *i,
           grapevine::tell_counts{metrics_collector_actor{self_}, question});
    left.erase(left.begin(), some);
    if (!left.empty())
      tell_self(self_, ask_more{});
    end_if_done();
  }

  template <class Counts>
  void add(const Counts& told) {
    book_.add(told);
    // Also of one that has ended before the question came.
    open_.erase(caf::actor_cast<caf::actor_addr>(self_->current_sender()));
    end_if_done();
  }

  // What a listener tells at its end comes from the node.
  void add(const host_counts& told) {
    if (told.answer.round == 0)
      book_.add(told);
    else
      add<host_counts>(told);
  }

  void expired(const collect_expired& msg) {
    if (msg.round == round_)
      answer();
  }

private:
  void end_if_done() {
    if (open_.empty())
      answer();
  }

  void answer() {
    if (waiting_.empty())
      return;
    const auto numbers = book_.end(open_.size());
    for (auto& one : std::exchange(waiting_, {}))
      one.deliver(numbers);
    to_ask_ = {};
  }

  metrics_collector_actor::pointer self_;
  metrics_book book_;
  std::uint64_t round_ = 0;
  // Who waits for the numbers, who is still to be asked, and who has not told.
  std::vector<caf::typed_response_promise<metrics_snapshot>> waiting_;
  collect_metrics to_ask_;
  std::unordered_set<caf::actor_addr> open_;
};

metrics_collector_actor::behavior_type
collector(metrics_collector_actor::pointer self) {
  auto state = std::make_shared<collector_state>(self);
  return {
      [state](const host_counts& msg) { state->add(msg); },
      [state](const peer_counts& msg) { state->add(msg); },
      [state](const mesh_counts& msg) { state->add(msg); },
      [state](const cache_counts& msg) { state->add(msg); },
      [state](const heartbeat_counts& msg) { state->add(msg); },
      [state](const validator_counts& msg) { state->add(msg); },
      [state](const node_counts& msg) { state->add(msg); },
      [state](collect_metrics& msg) { return state->collect(msg); },
      [state](ask_more) { state->ask_some(); },
      [state](const collect_expired& msg) { state->expired(msg); },
  };
}

} // namespace

metrics_collector_actor spawn_metrics_collector(caf::actor_system& sys) {
  return sys.spawn(collector);
}

} // namespace grapevine
