#include "tests/interop/grapevine/line_peer.hpp"

#include "actors/node.hpp"
#include "gossip/message/digest.hpp"
#include "tests/interop/grapevine/events.hpp"
#include "tests/interop/grapevine/part_store.hpp"
#include "tests/interop/grapevine/payload.hpp"
#include "tests/interop/grapevine/trace.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <memory>
#include <stdexcept>
#include <utility>

namespace grapevine::interop {

namespace {

using nlohmann::json;

/// What the node is given to answer; only to notice a bug.
constexpr std::chrono::seconds patience{30};

class line_peer : public std::enable_shared_from_this<line_peer> {
public:
  line_peer(caf::event_based_actor* self, const options& o, node_config config)
      : self_{self}, trace_{o.trace} {
    config.trace_receivers = {me()};
    node_ = spawn_node(self->system(), std::move(config));
  }

  /// The subscriptions follow at once, so that whoever connects finds them.
  void start(const options& o) {
    tell(self_, node_, watch_node{me()});
    ask(self_, node_, patience, start_node{})
        .then(
            [](const node_started& up) {
              for (const auto& address : up.addresses)
                emit({{"event", "listening"}, {"addr", address.to_text()}});
            },
            [](const caf::error& why) {
              emit_error(reason_of(why));
              std::_Exit(EXIT_FAILURE);
            });
    for (const auto& topic : o.partial)
      take_parts(topic);
    for (const auto& topic : o.topics)
      tell(self_, node_, subscribe_topic{topic, me()});
  }

  void execute(const std::string& line) {
    try {
      const auto command = json::parse(line);
      obey(command, command.at("cmd").get<std::string>());
    } catch (const std::exception& e) {
      emit_error(e.what());
    }
  }

  /// A group that was not heard of is published too, which asks for it.
  void received(const partial_delivered& news) {
    const auto group = to_string(bytes_view{news.group});
    auto& message = parts_.message(news.topic, group);
    const auto before = numbers_of(message).size();
    if (news.parts)
      message.merge(*news.parts);
    publish_parts(news.topic, group, [](const changed&) {});
    if (numbers_of(message).size() != before)
      emit_parts(news.topic, group, news.from.to_base58());
  }

  void traced(const trace_events& happened) {
    namespace trace = gossip::trace;
    for (const auto& event : *happened.events) {
      if (const auto* open = std::get_if<trace::stream_opened>(&event.what))
        protocols_[open->peer] = open->protocol;
      else if (const auto* shut =
                   std::get_if<trace::stream_closed>(&event.what))
        protocols_.erase(shut->peer);
      else if (const auto* sent = std::get_if<trace::rpc_sent>(&event.what);
               sent != nullptr && trace_)
        emit(describe_sent(*sent));
    }
  }

  void stop() {
    const auto end = [s = shared_from_this()](auto&&...) { s->self_->quit(); };
    ask(self_, node_, patience, stop_node{})
        .then([end](node_stopped) { end(); },
              [end](const caf::error&) { end(); });
  }

private:
  caf::actor me() const { return caf::actor_cast<caf::actor>(self_); }

  void obey(const json& command, const std::string& what) {
    if (what == "dial")
      dial(parse_address(command.at("addr").get<std::string>()));
    else if (what == "subscribe")
      tell(self_, node_, subscribe_topic{topic_of(command), me()});
    else if (what == "unsubscribe")
      tell(self_, node_, unsubscribe_topic{topic_of(command), me()});
    else if (what == "publish")
      publish(topic_of(command), data_of(command));
    else if (what == "publish_partial")
      publish_partial_message(topic_of(command), command);
    else if (what == "mesh")
      report_mesh(topic_of(command));
    else if (what == "peers")
      report_peers();
    else
      throw std::runtime_error{"unknown command " + what};
  }

  static std::string topic_of(const json& command) {
    return command.at("topic").get<std::string>();
  }

  static bytes data_of(const json& command) {
    if (command.contains("text"))
      return to_bytes(as_bytes(command.at("text").get<std::string>()));
    return make_payload(command.value("seed", std::uint64_t{0}),
                        command.value("size", std::size_t{0}));
  }

  void dial(const libp2p::multiaddr& address) {
    ask(self_, node_, patience, connect_peer{address})
        .then([](const peer_connected&) {},
              [](const caf::error& why) { emit_error(reason_of(why)); });
  }

  void publish(const std::string& topic, bytes data) {
    ask(self_, node_, patience, publish_message{topic, std::move(data)})
        .then([topic](const publish_receipt&) { emit_published(topic); },
              [topic](const caf::error& why) { emit_failed(topic, why); });
  }

  static void emit_published(const std::string& topic) {
    emit({{"event", "published"}, {"topic", topic}});
  }

  static void emit_failed(const std::string& topic, const caf::error& why) {
    emit({{"event", "publish_failed"},
          {"topic", topic},
          {"error", reason_of(why)}});
  }

  void take_parts(const std::string& topic) {
    const gossip::partial_topic how{
        .requests = true,
        .rules = std::make_shared<gossip::bitmap_parts>(part_count)};
    ask(self_, node_, patience, set_partial_topic{topic, how, me()})
        .then([](const changed&) {},
              [](const caf::error& why) { emit_error(reason_of(why)); });
  }

  void publish_partial_message(const std::string& topic, const json& command) {
    const auto group = command.at("group").get<std::string>();
    auto& message = parts_.message(topic, group);
    const auto before = numbers_of(message).size();
    make_parts(message, command.at("seed").get<std::uint64_t>(),
               command.at("size").get<std::size_t>(),
               command.at("parts").get<std::vector<std::size_t>>());
    if (numbers_of(message).size() != before)
      emit_parts(topic, group, nullptr);
    publish_parts(topic, group,
                  [topic](const changed&) { emit_published(topic); });
  }

  // Which parts there are; `from` is who sent the latest, null for ourselves.
  void emit_parts(const std::string& topic, const std::string& group,
                  const json& from) {
    const auto& message = parts_.message(topic, group);
    json event{{"event", "partial"},
               {"topic", topic},
               {"group", group},
               {"from", from},
               {"parts", numbers_of(message)}};
    if (message.complete())
      event["sha256"] = hex(as_bytes(gossip::digest(joined(message))));
    emit(event);
  }

  template <class Done>
  void publish_parts(const std::string& topic, const std::string& group,
                     Done done) {
    const auto& message = parts_.message(topic, group);
    ask(self_, node_, patience,
        publish_partial{topic, to_bytes(as_bytes(group)), message.encode(),
                        message.available().bits()})
        .then(done,
              [topic](const caf::error& why) { emit_failed(topic, why); });
  }

  void report_mesh(const std::string& topic) {
    ask(self_, node_, patience, inspect_node{})
        .then(
            [topic](const node_snapshot& node) {
              std::vector<std::string> peers;
              for (const auto& entry : node.mesh.topics)
                if (entry.topic == topic)
                  for (const auto& peer : entry.mesh)
                    peers.push_back(peer.to_base58());
              std::sort(peers.begin(), peers.end());
              emit({{"event", "mesh"}, {"topic", topic}, {"peers", peers}});
            },
            [](const caf::error& why) { emit_error(reason_of(why)); });
  }

  void report_peers() {
    ask(self_, node_, patience, inspect_scores{})
        .then(
            [s = shared_from_this()](const scores_snapshot& scores) {
              json peers = json::array();
              for (const auto& one : scores.peers)
                if (const auto place = s->protocols_.find(one.peer);
                    place != s->protocols_.end())
                  peers.push_back({{"peer", one.peer.to_base58()},
                                   {"protocol", place->second},
                                   {"score", one.score.score}});
              emit({{"event", "peers"}, {"peers", peers}});
            },
            [](const caf::error& why) { emit_error(reason_of(why)); });
  }

  caf::event_based_actor* self_;
  bool trace_;
  node_actor node_;
  part_store parts_;
  /// Of the streams to peers.
  std::map<libp2p::peer_id, std::string> protocols_;
};

} // namespace

caf::behavior run_peer(caf::event_based_actor* self, const options& o,
                       const node_config& config) {
  auto peer = std::make_shared<line_peer>(self, o, config);
  peer->start(o);
  return {
      [peer](const std::string& line) { peer->execute(line); },
      [peer](stop_node) { peer->stop(); },
      [](const node_event& event) { emit_node_event(event); },
      [](const message_delivered& delivered) {
        // The other peers do not report what they published themselves either.
        if (!delivered.source.empty())
          emit_message(*delivered.msg);
      },
      [peer](const partial_delivered& news) { peer->received(news); },
      [peer](const trace_events& happened) { peer->traced(happened); },
  };
}

} // namespace grapevine::interop
