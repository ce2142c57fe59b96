#include "actors/node/node_front.hpp"

#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

namespace grapevine {

namespace {

class node_front_state {
public:
  node_front_state(node_actor::pointer self, node_internal_actor node,
                   const node_settings& settings)
      : self_{self}, node_{std::move(node)},
        max_messages_{settings.max_publishing},
        max_bytes_{settings.max_publishing_bytes},
        downs_{self, [this](const caf::actor_addr&, const caf::error& why) {
                 ended_ = why;
                 end_if_answered();
               }} {
    downs_.watch(node_);
  }
  node_front_state(const node_front_state&) = delete;
  node_front_state& operator=(const node_front_state&) = delete;

  /// It matters to the node only if it has not ended before.
  ~node_front_state() { tell_from_outside(node_, stop_node{}); }

  template <class Question>
  auto pass_on(Question& msg) {
    return delegate(self_, node_, std::move(msg));
  }

  caf::result<publish_receipt> publish(publish_message& msg) {
    const auto size = msg.data.size();
    if (!has_room(1, size))
      return busy();
    msg.ticket = load_ticket{under_way_, 1, size};
    return pass_on(msg);
  }

  caf::result<batch_receipt> publish(publish_batch& msg) {
    const auto count = msg.data.size();
    const auto size = std::accumulate(
        msg.data.begin(), msg.data.end(), std::size_t{0},
        [](std::size_t sum, const bytes& one) { return sum + one.size(); });
    if (!has_room(count, size))
      return busy();
    msg.ticket = load_ticket{under_way_, count, size};
    auto promise = self_->make_response_promise<batch_receipt>();
    ++asked_;
    ask_without_timeout(self_, node_, std::move(msg))
        .then(
            [this, promise](batch_receipt& receipt) mutable {
              receipt.room = max_messages_ - std::min(max_messages_, waiting());
              promise.deliver(std::move(receipt));
              answered();
            },
            [this, promise](const caf::error& why) mutable {
              promise.deliver(why);
              answered();
            });
    return promise;
  }

private:
  void answered() {
    --asked_;
    end_if_answered();
  }

  // That the node has ended may overtake its last answers, as CAF 1.x brings it
  // first: they are passed on before.
  void end_if_answered() {
    if (ended_ && asked_ == 0)
      self_->quit(*ended_);
  }

  std::size_t waiting() const { return under_way_->messages(); }

  bool has_room(std::size_t count, std::size_t size) const {
    const auto waits = waiting();
    return waits == 0
           || (waits + count <= max_messages_
               && under_way_->bytes() + size <= max_bytes_);
  }

  caf::error busy() const {
    return caf::make_error(node_errc::busy,
                           std::to_string(waiting()) + " messages, and "
                               + std::to_string(under_way_->bytes())
                               + " bytes of them, wait to be published; ask "
                                 "again once some of them are answered");
  }

  node_actor::pointer self_;
  node_internal_actor node_;
  std::size_t max_messages_;
  std::size_t max_bytes_;
  std::shared_ptr<load_gauge> under_way_ = std::make_shared<load_gauge>();
  // Questions of its own that the node has not answered.
  std::size_t asked_ = 0;
  // How the node has ended.
  std::optional<caf::error> ended_;
  down_watch<node_actor::base> downs_;
};

using state_ptr = std::shared_ptr<node_front_state>;

template <class Question>
auto passes_on(const state_ptr& state) {
  return [state](Question& msg) { return state->pass_on(msg); };
}

node_actor::behavior_type node_front(node_actor::pointer self,
                                     const node_internal_actor& node,
                                     const node_settings& settings) {
  auto state = std::make_shared<node_front_state>(self, node, settings);
  return {
      [state](publish_message& msg) { return state->publish(msg); },
      [state](publish_batch& msg) { return state->publish(msg); },
      passes_on<start_node>(state),
      passes_on<change_settings>(state),
      passes_on<relay_topic>(state),
      passes_on<set_partial_topic>(state),
      passes_on<publish_partial>(state),
      passes_on<set_direct_peer>(state),
      passes_on<block_peer>(state),
      passes_on<allow_peer>(state),
      passes_on<set_validation>(state),
      passes_on<set_application_score>(state),
      passes_on<set_topic_score>(state),
      passes_on<inspect_scores>(state),
      passes_on<subscribe_topic>(state),
      passes_on<unsubscribe_topic>(state),
      passes_on<request_messages>(state),
      passes_on<connect_peer>(state),
      passes_on<keep_connected>(state),
      passes_on<disconnect_from>(state),
      passes_on<await_peers>(state),
      passes_on<inspect_node>(state),
      passes_on<inspect_peers>(state),
      passes_on<inspect_metrics>(state),
      passes_on<watch_node>(state),
      passes_on<unwatch_node>(state),
      passes_on<stop_node>(state),
  };
}

} // namespace

node_actor spawn_node_front(caf::actor_system& sys,
                            const node_internal_actor& node,
                            const node_settings& settings) {
  return sys.spawn(node_front, node, settings);
}

} // namespace grapevine
