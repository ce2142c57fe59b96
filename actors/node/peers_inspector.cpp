#include "actors/node/peers_inspector.hpp"

#include "actors/context.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

namespace grapevine {

namespace {

// How long slow peers are waited for.
constexpr std::chrono::seconds peer_patience{1};

// How long further peers are asked, if those before are slow.
constexpr std::chrono::seconds asking{5};

// Peers that are asked at once, so that messages find their way between the
// questions.
constexpr std::size_t peers_at_once = 256;

class inspector_state {
public:
  explicit inspector_state(peers_inspector_actor::pointer self) : self_{self} {}

  caf::result<peers_snapshot> collect(collect_peers& msg) {
    promise_ = self_->make_response_promise<peers_snapshot>();
    asked_ = std::move(msg.peers);
    result_.peers.reserve(asked_.size());
    for (auto& one : asked_)
      result_.peers.push_back({std::move(one.peer), {}});
    open_ = asked_.size();
    until_ = now(self_) + asking;
    for (std::size_t i = 0; i < peers_at_once; ++i)
      ask_next();
    end_if_done();
    return promise_;
  }

private:
  // Each answer lets another one be asked.
  void ask_next() {
    if (now(self_) >= until_)
      open_ -= asked_.size() - std::exchange(next_, asked_.size());
    if (next_ == asked_.size())
      return;
    const auto i = next_++;
    ask(self_, asked_[i].actor, peer_patience, inspect_peer{})
        .then(
            [this, i](peer_details& details) {
              result_.peers[i].details = std::move(details);
              done();
            },
            [this](const caf::error&) { done(); });
  }

  void done() {
    --open_;
    ask_next();
    end_if_done();
  }

  void end_if_done() {
    if (open_ > 0)
      return;
    promise_.deliver(std::move(result_));
    self_->quit();
  }

  peers_inspector_actor::pointer self_;
  caf::typed_response_promise<peers_snapshot> promise_;
  std::vector<collect_peers::entry> asked_;
  peers_snapshot result_;
  std::size_t next_ = 0;
  // Those of which nothing is known yet.
  std::size_t open_ = 0;
  time_point until_;
};

peers_inspector_actor::behavior_type
inspector(peers_inspector_actor::pointer self) {
  auto state = std::make_shared<inspector_state>(self);
  return {
      [state](collect_peers& msg) { return state->collect(msg); },
  };
}

} // namespace

peers_inspector_actor spawn_peers_inspector(caf::actor_system& sys) {
  return sys.spawn(inspector);
}

} // namespace grapevine
