#include "tests/attack/wire_attack.hpp"

#include <algorithm>

namespace grapevine::test {

judge_actor spawn_mute_judge(caf::actor_system& sys) {
  return sys.spawn([](judge_actor::pointer self) -> judge_actor::behavior_type {
    // Held, as a promise that is dropped answers with an error.
    auto promises =
        std::make_shared<std::vector<caf::typed_response_promise<judgement>>>();
    return {[self, promises](const judge_message&) {
      promises->push_back(self->make_response_promise<judgement>());
      return promises->back();
    }};
  });
}

// -- one peer -----------------------------------------------------------------

attacker::attacker(std::uint8_t number, const libp2p::multiaddr& address,
                   const std::string& protocol, const std::string& from)
    : wire{number, address, {{protocol}, from}}, out{wire.open(protocol)} {}

void attacker::subscribe(const std::string& topic, bool on) {
  wire.say(out, {{.topic = topic, .subscribe = on}});
}

void attacker::graft(const std::string& topic) {
  say(only(&proto::control::grafts, {topic}));
}

void attacker::prune(const std::string& topic,
                     std::vector<proto::px_peer> offers) {
  proto::prune one;
  one.topic = topic;
  one.peers = std::move(offers);
  say(only(&proto::control::prunes, {one}));
}

void attacker::ihave(std::vector<std::string> ids, const std::string& topic) {
  say(only(&proto::control::ihaves, {{topic, std::move(ids)}}));
}

void attacker::iwant(std::vector<std::string> ids) {
  say(only(&proto::control::iwant, std::move(ids)));
}

void attacker::idontwant(std::vector<std::string> ids) {
  say(only(&proto::control::idontwant, std::move(ids)));
}

// -- the node and its peers ---------------------------------------------------

node_config wire_attack::config(std::chrono::milliseconds heartbeat) {
  auto result = node_network::config(1);
  result.policy = gossip::signing_policy::strict_no_sign;
  result.params.timers.heartbeat_interval = heartbeat;
  result.params.timers.heartbeat_initial_delay = heartbeat;
  // All peers of a test find room in the mesh at once, and what they ask for is
  // there for as long as at an ordinary heartbeat.
  result.params.mesh.degree_low = result.params.mesh.degree;
  result.params.gossip.history_length = 200;
  return result;
}

wire_attack::wire_attack(const node_config& with) : node{net.start(with)} {
  net.watch(node);
  net.subscribe(node, "t");
}

attacker& wire_attack::connect(std::uint8_t number, const std::string& protocol,
                               const std::string& from) {
  return *peers_.emplace_back(
      std::make_unique<attacker>(number, node.addresses.at(0), protocol, from));
}

attacker& wire_attack::join(std::uint8_t number, const std::string& protocol) {
  auto& result = connect(number, protocol);
  result.subscribe("t");
  until([&] { return result.heard().grafted("t"); });
  return result;
}

attacker& wire_attack::linger(std::uint8_t number,
                              const std::string& protocol) {
  auto& result = join(number, protocol);
  result.prune("t");
  settle(result);
  return result;
}

void wire_attack::until(const std::function<bool()>& condition) {
  std::vector<wire_peer*> all;
  for (const auto& one : peers_)
    all.push_back(&one->wire);
  wire_peer::pump(all, condition);
}

void wire_attack::settle(attacker& peer) {
  const auto topic = "settled " + std::to_string(++settled_);
  peer.subscribe(topic);
  peer.subscribe(topic, false);
  until([&] { return peer.wire.flushed(peer.out); });
  while (net.next_event(node_event::kind::unsubscribed).topic != topic) {
  }
  until([&] { return inspect().cache.validating == 0; });
  settle();
}

void wire_attack::settle() {
  inspect();
  for (const auto& one : peers_)
    if (!one->wire.ended())
      one->wire.ping();
}

void wire_attack::leave(attacker& peer) {
  const auto id = peer.id();
  std::erase_if(peers_, [&](const auto& one) { return one.get() == &peer; });
  while (net.next_event(node_event::kind::disconnected).peer != id) {
  }
}

node_snapshot wire_attack::inspect() {
  return net.get<node_snapshot>(node.actor, inspect_node{});
}

gossip::score_snapshot wire_attack::score(const attacker& peer) {
  const auto all = net.get<scores_snapshot>(node.actor, inspect_scores{});
  for (const auto& one : all.peers)
    if (one.peer == peer.id())
      return one.score;
  FAIL("the peer has no score");
  return {};
}

void wire_attack::set_score(const attacker& peer, double score) {
  tell(net.self().ptr(), node.actor, set_application_score{peer.id(), score});
  // It is known by the answer.
  inspect();
}

void wire_attack::set_validation(std::optional<topic_validation> how) {
  net.get<changed>(node.actor, grapevine::set_validation{"t", std::move(how)});
}

void wire_attack::publish(std::string_view text) {
  net.publish(node, "t", text);
  CHECK(next_text() == text);
}

std::string wire_attack::next_text() {
  std::optional<message_delivered> got;
  until([&] {
    net.self()->receive([&](message_delivered& msg) { got = std::move(msg); },
                        caf::after(std::chrono::seconds{0}) >> [] {});
    return got.has_value();
  });
  return to_string(got->msg->data());
}

bool wire_attack::in_mesh(const attacker& peer) {
  for (const auto& topic : inspect().mesh.topics)
    if (topic.topic == "t")
      return std::ranges::find(topic.mesh, peer.id()) != topic.mesh.end();
  return false;
}

} // namespace grapevine::test
