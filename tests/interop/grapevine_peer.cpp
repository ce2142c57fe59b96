// Our own peer behind the line protocol of the interop tests: commands on
// standard input, events on standard output, one JSON object a line. README.md
// describes it.
#include "actors/node.hpp"
#include "gossip/digest.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <sodium.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace grapevine::interop {
namespace {

using nlohmann::json;

/// Up to this size a message event carries the data itself.
constexpr std::size_t largest_text = 1024;

/// What the node is given to answer; only to notice a bug.
constexpr std::chrono::seconds patience{30};

/// What the command line says.
struct options {
  std::vector<std::string> listen;
  std::vector<std::string> topics;
  std::vector<std::string> peers;
  std::string policy = "strict-sign";
  std::size_t max_size = gossip::limits::rpc_size;
  bool no_mesh = false;
  std::string flood_publish;
  std::string security = "noise";
  std::optional<std::uint64_t> identity_seed;
};

void add_options(CLI::App& app, options& o) {
  const auto once_each = [](CLI::Option* option) {
    option->allow_extra_args(false);
  };
  once_each(app.add_option("--listen", o.listen, "address to listen on"));
  once_each(app.add_option("--topic", o.topics, "topic subscribed at start"));
  once_each(app.add_option("--peer", o.peers, "address kept connected"));
  app.add_option("--policy", o.policy)
      ->check(CLI::IsMember({"strict-sign", "strict-no-sign"}));
  app.add_option("--max-size", o.max_size, "largest RPC in bytes");
  app.add_flag("--no-mesh", o.no_mesh, "all mesh degrees zero");
  app.add_option("--flood-publish", o.flood_publish)
      ->check(CLI::IsMember({"on", "off"}));
  app.add_option("--security", o.security)->check(CLI::IsMember({"noise"}));
  app.add_option("--identity-seed", o.identity_seed,
                 "number that fixes the Ed25519 key");
}

/// The deterministic payload of the line protocol.
bytes make_payload(std::uint64_t seed, std::size_t size) {
  const auto big_endian = [](bytes& out, std::uint64_t number) {
    for (int shift = 56; shift >= 0; shift -= 8)
      out.push_back(static_cast<std::uint8_t>(number >> shift));
  };
  bytes payload;
  for (std::uint64_t counter = 0; payload.size() < size; ++counter) {
    bytes block;
    big_endian(block, seed);
    big_endian(block, counter);
    append(payload, as_bytes(gossip::digest(block)));
  }
  payload.resize(size);
  return payload;
}

libp2p::private_key make_identity(const options& o) {
  if (!o.identity_seed)
    return libp2p::private_key::generate();
  const auto seed = make_payload(*o.identity_seed, 32);
  return libp2p::private_key::ed25519_from_seed(bytes_view{seed}.first<32>());
}

libp2p::multiaddr parse_address(const std::string& text) {
  auto address = libp2p::multiaddr::from_text(text);
  if (!address)
    throw std::runtime_error{text + ": " + address.error().reason};
  return *address;
}

std::vector<libp2p::multiaddr>
parse_addresses(const std::vector<std::string>& texts) {
  std::vector<libp2p::multiaddr> result;
  std::transform(texts.begin(), texts.end(), std::back_inserter(result),
                 parse_address);
  return result;
}

node_config make_config(const options& o) {
  node_config config{make_identity(o)};
  config.listen = parse_addresses(
      o.listen.empty() ? std::vector<std::string>{"/ip4/127.0.0.1/tcp/0"}
                       : o.listen);
  config.peers = parse_addresses(o.peers);
  config.max_rpc_size = o.max_size;
  if (o.policy == "strict-no-sign")
    config.policy = gossip::signing_policy::strict_no_sign;
  if (o.no_mesh) {
    auto& mesh = config.params.mesh;
    mesh.degree = mesh.degree_low = mesh.degree_high = 0;
    mesh.degree_score = mesh.degree_outbound = 0;
  }
  if (!o.flood_publish.empty())
    config.params.flood_publish = o.flood_publish == "on";
  // As the other peers do it: every second.
  config.redial_max = config.redial_min;
  config.log = spdlog::stderr_logger_mt("peer");
  config.log->set_level(spdlog::level::debug);
  config.log->flush_on(spdlog::level::debug);
  return config;
}

void emit(const json& event) {
  std::cout << event.dump(-1, ' ', false, json::error_handler_t::replace)
            << std::endl;
  if (!std::cout)
    std::_Exit(EXIT_FAILURE); // nobody reads any more
}

void emit_error(const std::string& text) {
  emit({{"event", "error"}, {"error", text}});
}

std::string hex(bytes_view data) {
  std::string text(data.size() * 2 + 1, '\0');
  ::sodium_bin2hex(text.data(), text.size(), data.data(), data.size());
  text.pop_back();
  return text;
}

/// Whether a JSON text can hold `data` as it is.
bool is_utf8(std::string_view data) {
  try {
    static_cast<void>(json(data).dump());
    return true;
  } catch (const json::type_error&) {
    return false;
  }
}

void emit_message(const gossip::message& msg) {
  json event{{"event", "message"},
             {"topic", msg.topic()},
             {"from", nullptr},
             {"seqno", nullptr},
             {"size", msg.data().size()},
             {"sha256", hex(as_bytes(gossip::digest(msg.data())))}};
  if (!msg.author().empty())
    event["from"] = msg.author().to_base58();
  if (const auto seqno = msg.fields().seqno)
    event["seqno"] = hex(*seqno);
  const auto text = as_text(msg.data());
  if (text.size() <= largest_text && is_utf8(text))
    event["text"] = text;
  emit(event);
}

void emit_node_event(const node_event& what) {
  using kind = node_event::kind;
  json event{{"peer", what.peer.to_base58()}};
  switch (what.what) {
  case kind::connected:
    event["event"] = "connected";
    break;
  case kind::disconnected:
    event["event"] = "disconnected";
    break;
  case kind::subscribed:
  case kind::unsubscribed:
    event["event"] =
        what.what == kind::subscribed ? "subscribed" : "unsubscribed";
    event["topic"] = what.topic;
    break;
  }
  emit(event);
}

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

/// A line of standard input is sent to the actor as a string, its end as
/// `stop_node`.
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

bool is_quit(const std::string& line) {
  const auto command = json::parse(line, nullptr, false);
  return command.is_object() && command.value("cmd", json{}) == "quit";
}

void serve(const node_config& config, const std::vector<std::string>& topics) {
  caf::actor_system_config system_config;
  tune_scheduler(system_config);
  caf::actor_system system{system_config};
  const auto peer =
      system.spawn<caf::detached>(run_peer, spawn_node(system, config), topics);
  std::string line;
  while (std::getline(std::cin, line) && !is_quit(line))
    tell_from_outside(peer, line);
  tell_from_outside(peer, stop_node{});
}

} // namespace
} // namespace grapevine::interop

int main(int argc, char** argv) {
  using namespace grapevine::interop;
  CLI::App app{"A Grapevine node behind the interop tests' line protocol"};
  options o;
  add_options(app, o);
  try {
    app.parse(argc, argv);
    serve(make_config(o), o.topics);
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    return 2;
  }
  return EXIT_SUCCESS;
}
