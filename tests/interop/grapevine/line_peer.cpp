#include "tests/interop/grapevine/line_peer.hpp"

#include "tests/interop/grapevine/events.hpp"
#include "tests/interop/grapevine/options.hpp"
#include "tests/interop/grapevine/payload.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <utility>

namespace grapevine::interop {

namespace {

using nlohmann::json;

/// What the node is given to answer; only to notice a bug.
constexpr std::chrono::seconds patience{30};

/// Translates commands into messages to the node, and what the node tells into
/// events. The only one that writes to standard output.
class line_peer : public std::enable_shared_from_this<line_peer> {
public:
  line_peer(caf::event_based_actor* self, node_actor node)
      : self_{self}, node_{std::move(node)} {}

  /// The subscriptions follow at once, so that whoever connects finds them.
  void start(const std::vector<std::string>& topics) {
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
    for (const auto& topic : topics)
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
    else if (what == "mesh")
      report_mesh(topic_of(command));
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
        .then(
            [topic](const publish_receipt&) {
              emit({{"event", "published"}, {"topic", topic}});
            },
            [topic](const caf::error& why) {
              emit({{"event", "publish_failed"},
                    {"topic", topic},
                    {"error", reason_of(why)}});
            });
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

  caf::event_based_actor* self_;
  node_actor node_;
};

} // namespace

caf::behavior run_peer(caf::event_based_actor* self, const node_actor& node,
                       const std::vector<std::string>& topics) {
  auto peer = std::make_shared<line_peer>(self, node);
  peer->start(topics);
  return {
      [peer](const std::string& line) { peer->execute(line); },
      [peer](stop_node) { peer->stop(); },
      [](const node_event& event) { emit_node_event(event); },
      [](const message_delivered& delivered) {
        // The other peers do not report what they published themselves either.
        if (!delivered.source.empty())
          emit_message(*delivered.msg);
      },
  };
}

} // namespace grapevine::interop
