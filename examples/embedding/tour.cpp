// What applications ask of a node besides subscribing and publishing, between
// two nodes of one process:
//
//     tour
#include <cstdlib>
#include <grapevine/actors/node.hpp>
#include <grapevine/gossip/partial/bitmap_parts.hpp>
#include <iostream>
#include <memory>
#include <set>
#include <string>
#include <utility>

using namespace grapevine;
using namespace std::chrono_literals;

namespace {

using gossip::verdict_kind;

// A validator that is an actor: for what takes time or state. This one accepts
// each text once.
judge_actor::behavior_type
no_repetition(judge_actor::pointer,
              std::shared_ptr<std::set<std::string>> known) {
  return {[known](const judge_message& judged) {
    const auto text = to_string(judged.msg->data());
    return judgement{known->insert(text).second ? verdict_kind::accept
                                                : verdict_kind::ignore};
  }};
}

// A validator that is a function: called on several threads, so quick and
// without state.
verdict_kind no_shouting(const gossip::message& msg, const libp2p::peer_id&) {
  return to_string(msg.data()).ends_with('!') ? verdict_kind::reject
                                              : verdict_kind::accept;
}

// A thread's view of two nodes, one of which publishes and the other one reads.
class tour {
public:
  explicit tour(caf::actor_system& sys)
      : self_{sys}, writer_{start(sys)}, reader_{start(sys)} {}

  void connect() {
    // node_event: peers come and go, subscribe and unsubscribe.
    tell(self_.ptr(), reader_.actor, watch_node{inbox()});
    get<peer_connected>(writer_.actor, connect_peer{reader_.addresses.at(0)});
    self_->receive([](const node_event& event) {
      std::cout << "connected: " << event.peer.short_text() << '\n';
    });
  }

  void validate() {
    topic_validation how;
    how.functions = {no_shouting};
    how.actors = {self_->system().spawn(
        no_repetition, std::make_shared<std::set<std::string>>())};
    how.timeout = 2s;
    get<changed>(reader_.actor, set_validation{"news", how});
    tell(self_.ptr(), reader_.actor, subscribe_topic{"news", inbox()});
  }

  void publish() {
    // Sent as soon as the topic has a peer.
    const auto receipt = get<publish_receipt>(
        writer_.actor, publish_message{"news", bytes_of("hello"), 1, 10s});
    std::cout << "published to " << receipt.peers << " peer\n";
    // Two of these do not pass.
    publish_batch batch{"news", {}};
    for (const auto* text : {"one", "hello", "two", "LOUD!"})
      batch.data.push_back(bytes_of(text));
    get<batch_receipt>(writer_.actor, batch);
    for (int i = 0; i < 3; ++i)
      self_->receive([](const message_delivered& delivered) {
        std::cout << "delivered: " << as_text(delivered.msg->data()) << '\n';
      });
  }

  void relay() {
    // Passes the messages of a topic on without reading them.
    get<changed>(writer_.actor, relay_topic{"weather"});
    const auto seen = get<node_snapshot>(writer_.actor, inspect_node{});
    for (const auto& topic : seen.mesh.topics)
      if (topic.subscribed)
        std::cout << "takes part in: " << topic.topic << '\n';
  }

  void score() {
    // What is rejected counts in this topic, and the application likes the
    // writer.
    gossip::topic_score_parameters news;
    news.invalid_messages = {.weight = -1, .decay = gossip::decay_for(10min)};
    get<changed>(reader_.actor, set_topic_score{"news", news});
    tell(self_.ptr(), reader_.actor, set_application_score{writer_.id, 5});
    for (const auto& peer :
         get<scores_snapshot>(reader_.actor, inspect_scores{}).peers)
      std::cout << "application's part of the score: " << peer.score.application
                << '\n';
  }

  // One node has the left half of a message, the other one the right half.
  void exchange_parts() {
    gossip::numbered_parts left{2};
    left.set(0, as_bytes("left "));
    gossip::numbered_parts right{2};
    right.set(1, as_bytes("right"));
    offer(writer_, left);
    offer(reader_, right);
    while (!left.complete() || !right.complete())
      self_->receive([&](const partial_delivered& got) {
        // Whether parts are the true ones is the application's to check.
        if (got.parts)
          (got.from == writer_.id ? right : left).merge(*got.parts);
      });
    std::cout << "completed: " << as_text(*left.get(0)) << as_text(*left.get(1))
              << '\n';
  }

  void stop() {
    get<node_stopped>(writer_.actor, stop_node{});
    get<node_stopped>(reader_.actor, stop_node{});
  }

private:
  struct running_node {
    node_actor actor;
    libp2p::peer_id id;
    std::vector<libp2p::multiaddr> addresses;
  };

  running_node start(caf::actor_system& sys) {
    node_config config{libp2p::private_key::generate()};
    config.listen = {
        libp2p::multiaddr::from_text("/ip4/127.0.0.1/tcp/0").value()};
    config.partial_messages = true;
    running_node node{spawn_node(sys, config),
                      libp2p::peer_id::of(config.identity.public_part()),
                      {}};
    node.addresses = get<node_started>(node.actor, start_node{}).addresses;
    return node;
  }

  void offer(const running_node& node, const gossip::numbered_parts& parts) {
    const auto rules = std::make_shared<gossip::bitmap_parts>(2);
    tell(self_.ptr(), node.actor, subscribe_topic{"halves", inbox()});
    get<changed>(node.actor,
                 set_partial_topic{"halves", {true, rules}, inbox()});
    get<changed>(node.actor,
                 publish_partial{"halves", bytes_of("group 1"), parts.encode(),
                                 parts.available().bits()});
  }

  // Asks and waits for the answer; an error ends the tour.
  template <class Answer, class Question>
  Answer get(const node_actor& node, Question question) {
    Answer result;
    ask(self_.ptr(), node, 20s, std::move(question))
        .receive([&](Answer& answer) { result = std::move(answer); },
                 [](caf::error& why) {
                   std::cerr << reason_of(why) << '\n';
                   std::exit(EXIT_FAILURE);
                 });
    return result;
  }

  caf::actor inbox() { return caf::actor_cast<caf::actor>(self_); }

  static bytes bytes_of(std::string_view text) {
    return to_bytes(as_bytes(text));
  }

  caf::scoped_actor self_;
  running_node writer_;
  running_node reader_;
};

} // namespace

int main() {
  init_global_meta_objects();
  caf::actor_system_config config;
  tune_scheduler(config);
  caf::actor_system system{config};
  tour shown{system};
  shown.connect();
  shown.validate();
  shown.publish();
  shown.relay();
  shown.score();
  shown.exchange_parts();
  shown.stop();
}
