// GossipSub in an event loop of your own: the rules alone, without actors,
// sockets, threads and clock. Three nodes in a row, a - b - c, in one process:
// what one has for another is carried by hand, as bytes, and the time is
// whatever the loop says it is. A message of a's reaches c by b.
//
//     pure_router
//
// Two objects make a node: `router` knows who is in which mesh and what peers
// are worth, `message_cache` which messages were seen. Both are told what
// happens and say what is to be done. This is all that a program of its own
// needs to add: names, streams to peers, a timer.
#include <deque>
#include <grapevine/gossip/cache/message_cache.hpp>
#include <grapevine/gossip/message/seqno.hpp>
#include <grapevine/gossip/router/router.hpp>
#include <grapevine/gossip/stream/frame_reader.hpp>
#include <grapevine/gossip/stream/send_queue.hpp>
#include <iostream>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

using namespace grapevine;

namespace {

class node;

// What stands in for the streams between nodes.
struct letter {
  node* to = nullptr;
  libp2p::peer_id from;
  shared_bytes frame;
};

class node {
public:
  node(std::string name, std::uint64_t seed, std::deque<letter>& post)
      : name_{std::move(name)}, key_{libp2p::private_key::generate()},
        signer_{key_}, post_{post}, gen_{seed},
        router_{gossip::router_options{}}, cache_{cache_options()} {}

  const std::string& name() const { return name_; }
  const libp2p::peer_id& id() const { return signer_.author(); }
  std::size_t delivered() const { return delivered_; }

  // Both sides call it once their stream is open.
  void connect(node& other, bool outbound, time_point now) {
    const auto ip = *libp2p::ip_address::from_text("192.0.2.1");
    const auto peer = router_.add_peer(
        other.id(), {gossip::version::v1_2, outbound}, {&ip, 1}, now, todo_);
    cache_.add_peer(other.id(), {&ip, 1});
    peers_[*peer] = std::make_unique<peer_of>(other);
    for (const auto& own : router_.greet(*peer).subscriptions)
      peers_[*peer]->queue.push_subscription(own);
    carry_out();
  }

  void join(const std::string& topic, time_point now) {
    router_.join(topic, now, gen_, todo_);
    carry_out();
  }

  // Once a second: mends the meshes, gossips.
  void heartbeat(time_point now) {
    router_.heartbeat(now, gen_, todo_);
    carry_out();
    cache_.shift(now, messages_);
    carry_out_messages(now);
    while (cache_.store().sweep(now)) {
    }
  }

  void publish(std::string_view topic, std::string_view text, time_point now) {
    const auto msg = gossip::build_message({.topic = topic,
                                            .data = as_bytes(text),
                                            .from = id(),
                                            .seqno = seqnos_.next()},
                                           &signer_, ids_);
    std::vector<gossip::peer_handle> receivers;
    router_.publish_to(*msg, now, gen_, receivers);
    for (const auto peer : receivers)
      peers_.at(peer)->queue.push_message(msg);
    cache_.publish(msg, now, messages_);
    messages_.clear(); // it was sent just now
    send();
  }

  // The bytes of one RPC of a peer.
  void receive(const libp2p::peer_id& from, bytes_view input, time_point now) {
    const auto peer = router_.find_peer(from);
    gossip::frame_reader reader;
    const auto frame = reader.next(input);
    if (!peer || !frame || !*frame)
      return;
    const auto rpc = proto::decode_rpc(**frame, {});
    if (!rpc)
      return; // a real program ends the connection
    for (const auto& msg : rpc->messages)
      receive_message(from, msg, now);
    answer_iwant(*peer, rpc->control.iwant);
    router_.receive(*peer, rpc->subscriptions, rpc->control, now, gen_, todo_);
    ask_for_offered(*peer, now);
    carry_out();
  }

private:
  struct peer_of {
    explicit peer_of(node& n) : other{n} {}

    node& other;
    gossip::send_queue queue;
  };

  gossip::message_cache_options cache_options() const {
    gossip::message_cache_options result{};
    result.store.self = signer_.author();
    result.store.default_ids = true;
    return result;
  }

  // -- messages ---------------------------------------------------------------

  void receive_message(const libp2p::peer_id& from,
                       const proto::message_view& msg, time_point now) {
    if (!cache_.hears(from, now, gen_))
      return;
    const auto received = gossip::message::copy_of(msg, ids_.of(msg));
    if (router_.meshes().subscribed(msg.topic))
      cache_.receive(from, received, now, messages_);
    else
      cache_.unwanted(*received, now, messages_);
    carry_out_messages(now);
  }

  void carry_out_messages(time_point now) {
    // What is done may give more to do.
    while (!messages_.empty())
      for (const auto& effect : std::exchange(messages_, {}))
        std::visit([&](const auto& e) { apply(e, now); }, effect);
    carry_out();
  }

  // It may take its time: the verdict is told with the same token.
  void apply(const gossip::validate_message& e, time_point now) {
    gossip::verdict result;
    const auto sound =
        verifier_.verify(e.msg->fields(), gossip::signing_policy::strict_sign);
    if (!sound) {
      result.kind = gossip::verdict_kind::reject;
      result.reason = sound.error();
    }
    cache_.decide(e.msg->id(), e.token, result, now, messages_);
  }

  void apply(const gossip::deliver_message& e, time_point) {
    std::cout << name_ << " got: " << as_text(e.msg->data()) << '\n';
    ++delivered_;
    const auto source = router_.find_peer(e.source);
    router_.credit(*e.msg, source, e.forwarders);
    std::vector<gossip::peer_handle> receivers;
    router_.relay_to(*e.msg, source, e.forwarders, receivers);
    for (const auto peer : receivers)
      peers_.at(peer)->queue.push_message(e.msg);
  }

  void apply(const gossip::duplicate_message& e, time_point) {
    if (e.in_time)
      router_.sent_again(e.peer, e.topic, e.age);
  }

  void apply(const gossip::rejected_message& e, time_point) {
    if (gossip::counts_as_invalid(e.reason))
      router_.sent_invalid(e.peer, e.topic, todo_);
  }

  void apply(const gossip::promise_counted& e, time_point) {
    router_.misbehaved(e.peer, e.count, todo_);
  }

  // For logs, metrics, and whoever reads from streams by credit.
  void apply(const gossip::ignored_message&, time_point) {}
  void apply(const gossip::throttled_message&, time_point) {}
  void apply(const gossip::release_credit&, time_point) {}

  // -- what the router wants done ---------------------------------------------

  void carry_out() {
    for (const auto& change : todo_.announcements)
      for (auto& [handle, peer] : peers_)
        peer->queue.push_subscription(change);
    for (auto& control : todo_.control) {
      auto& queue = peers_.at(control.to)->queue;
      for (const auto& topic : control.grafts)
        queue.push_graft(topic);
      for (auto& prune : control.prunes)
        queue.push_prune(std::move(prune));
    }
    for (const auto& gossip : todo_.gossip)
      tell_ids(gossip);
    todo_.clear();
    send();
  }

  void tell_ids(const gossip::gossip_due& due) {
    cache_.gossip(due, gen_, [&](gossip::peer_handle to, const auto& part) {
      std::vector<std::string> ids;
      for (std::size_t i = 0; i < part.count; ++i)
        ids.push_back(part.all->ids[(part.first + i) % part.all->ids.size()]);
      peers_.at(to)->queue.push_ihave(due.topic, ids);
    });
  }

  // Of what the peer says that it has, what is new here.
  void ask_for_offered(gossip::peer_handle from, time_point now) {
    const auto wanted = cache_.ihave(todo_.offered_ids, now, gen_);
    if (wanted.empty())
      return;
    auto& peer = *peers_.at(from);
    peer.queue.push_iwant(wanted);
    cache_.asked(peer.other.id(), wanted.front(), now);
  }

  void answer_iwant(gossip::peer_handle peer,
                    const std::vector<std::string>& ids) {
    std::vector<gossip::message_ptr> answers;
    cache_.store().iwant(peers_.at(peer)->other.id(), ids, ids.size(), answers);
    for (auto& msg : answers)
      peers_.at(peer)->queue.push_answer(std::move(msg));
  }

  void send() {
    for (auto& [handle, peer] : peers_)
      while (auto frame = peer->queue.next_frame())
        post_.push_back({&peer->other, id(), std::move(frame)});
  }

  std::string name_;
  libp2p::private_key key_;
  gossip::message_signer signer_;
  gossip::message_verifier verifier_;
  gossip::message_ids ids_;
  gossip::seqno_source seqnos_{1};
  std::deque<letter>& post_;
  gossip::rng gen_;
  gossip::router router_;
  gossip::message_cache cache_;
  std::map<gossip::peer_handle, std::unique_ptr<peer_of>> peers_;
  gossip::router_effects todo_;
  gossip::message_effects messages_;
  std::size_t delivered_ = 0;
};

// Until nobody has anything for anybody.
void deliver_all(std::deque<letter>& post, time_point now) {
  while (!post.empty()) {
    const auto next = std::move(post.front());
    post.pop_front();
    next.to->receive(next.from, *next.frame, now);
  }
}

} // namespace

int main() {
  std::deque<letter> post;
  node a{"a", 1, post};
  node b{"b", 2, post};
  node c{"c", 3, post};
  time_point now;

  for (auto* one : {&a, &b, &c})
    one->join("news", now);
  for (const auto& [from, to] : {std::pair{&a, &b}, std::pair{&b, &c}}) {
    from->connect(*to, true, now);
    to->connect(*from, false, now);
  }
  deliver_all(post, now);

  for (int second = 0; second < 3; ++second) {
    now += std::chrono::seconds{1};
    for (auto* one : {&a, &b, &c})
      one->heartbeat(now);
    deliver_all(post, now);
  }
  a.publish("news", "the fox is out", now);
  deliver_all(post, now);

  const bool all = b.delivered() == 1 && c.delivered() == 1;
  std::cout << (all ? "all have it" : "somebody missed it") << '\n';
  return all ? 0 : 1;
}
