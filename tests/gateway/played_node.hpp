#pragma once

#include "gateway/gateway.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace grapevine::test {

/// A message of that topic.
inline gossip::message_ptr message_of(const std::string& topic,
                                      const std::string& data) {
  proto::message_view fields;
  fields.data = as_bytes(data);
  fields.topic = topic;
  fields.has_topic = true;
  bytes encoded;
  proto::append_message(encoded, fields);
  return gossip::message::copy_of(*proto::decode_message(encoded),
                                  gossip::message_id{data.substr(0, 64)});
}

/// Stands in for a node: delivers what is published to its subscribers, and
/// remembers who these are. All of it may be asked for from any thread.
class played_node {
public:
  explicit played_node(caf::actor_system& sys)
      : actor_{sys.spawn(run, data_)} {}
  played_node(const played_node&) = delete;
  played_node& operator=(const played_node&) = delete;
  ~played_node() { end(); }

  const node_actor& actor() const { return actor_; }
  void end() { caf::anon_send_exit(actor_, caf::exit_reason::user_shutdown); }

  std::vector<caf::actor> subscribers(const std::string& topic) const {
    const std::lock_guard lock{data_->mutex};
    const auto found = data_->subscribers.find(topic);
    return found == data_->subscribers.end() ? std::vector<caf::actor>{}
                                             : found->second;
  }
  std::vector<caf::actor> observers() const { return subscribers("\1watch"); }

  /// How a topic's messages were last said to be validated.
  std::optional<set_validation> validation() const {
    const std::lock_guard lock{data_->mutex};
    return data_->validation;
  }
  std::optional<delivery_options> delivery() const {
    const std::lock_guard lock{data_->mutex};
    return data_->delivery;
  }

  /// As the node does it: in a batch.
  void deliver(const std::string& topic, const std::vector<std::string>& texts,
               const std::shared_ptr<load_gauge>& gauge = nullptr) const {
    for (const auto& subscriber : subscribers(topic)) {
      messages_delivered batch;
      for (const auto& text : texts) {
        auto& one = batch.msgs.emplace_back();
        one.msg = message_of(topic, text);
        if (gauge)
          one.ticket = load_ticket{gauge, 1, text.size()};
      }
      tell_from_outside(subscriber, std::move(batch));
    }
  }

private:
  struct shared_data {
    std::mutex mutex;
    std::map<std::string, std::vector<caf::actor>> subscribers;
    std::optional<set_validation> validation;
    std::optional<delivery_options> delivery;

    void add(const std::string& topic, const caf::actor& who) {
      const std::lock_guard lock{mutex};
      subscribers[topic].push_back(who);
    }
    void remove(const caf::actor_addr& who) {
      const std::lock_guard lock{mutex};
      for (auto& [topic, all] : subscribers)
        std::erase_if(all,
                      [&](const auto& one) { return one.address() == who; });
    }
  };
  using shared_data_ptr = std::shared_ptr<shared_data>;

  static node_actor::behavior_type run(node_actor::pointer self,
                                       const shared_data_ptr& data) {
    const auto downs = std::make_shared<down_watch<node_actor::base>>(
        self, [data](const caf::actor_addr& who, const caf::error&) {
          data->remove(who);
        });
    return {
        [](start_node) { return node_started{}; },
        [](stop_node) { return node_stopped{}; },
        [](const change_settings&) { return changed{}; },
        [=](const publish_message& msg) {
          return publish_receipt{gossip::message_id{as_text(msg.data)},
                                 msg.min_peers, false};
        },
        [](const publish_batch& msg) {
          batch_receipt receipt;
          receipt.receipts.resize(msg.data.size());
          return receipt;
        },
        [](const relay_topic&) { return changed{}; },
        [](const set_partial_topic&) { return changed{}; },
        [](const publish_partial&) { return changed{}; },
        [](const set_direct_peer&) { return changed{}; },
        [](const block_peer&) { return changed{}; },
        [](const allow_peer&) { return changed{}; },
        [data](const set_validation& msg) {
          const std::lock_guard lock{data->mutex};
          data->validation = msg;
          return changed{};
        },
        [](const set_application_score&) { return changed{}; },
        [](const set_topic_score&) { return changed{}; },
        [](inspect_scores) { return scores_snapshot{}; },
        [=](const subscribe_topic& msg) {
          data->remove(msg.subscriber.address());
          data->add(msg.topic, msg.subscriber);
          downs->watch(msg.subscriber);
          const std::lock_guard lock{data->mutex};
          data->delivery = msg.delivery;
          return changed{};
        },
        [](const unsubscribe_topic&) { return changed{}; },
        [](const request_messages&) { return changed{}; },
        [](const connect_peer&) { return peer_connected{}; },
        [](const keep_connected&) { return changed{}; },
        [](const disconnect_from&) { return changed{}; },
        [](const await_peers& msg) { return peers_ready{msg.count}; },
        [](inspect_node) {
          node_snapshot snapshot;
          snapshot.dropped = 7;
          return snapshot;
        },
        [](inspect_peers) { return peers_snapshot{}; },
        [](inspect_metrics) { return metrics_snapshot{}; },
        [=](const watch_node& msg) {
          data->add("\1watch", msg.observer);
          downs->watch(msg.observer);
          return changed{};
        },
        [](const unwatch_node&) { return changed{}; },
    };
  }

  shared_data_ptr data_ = std::make_shared<shared_data>();
  node_actor actor_;
};

} // namespace grapevine::test
