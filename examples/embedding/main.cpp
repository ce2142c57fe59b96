// A CAF application with a GossipSub node in its own actor system. Its actor
// joins the topic "news", greets whoever takes part, and prints what comes:
//
//     embedding /ip4/127.0.0.1/tcp/4001
#include <grapevine/actors/node.hpp>
#include <iostream>
#include <string>

using namespace grapevine;

namespace {

// The node is an actor with a typed interface (grapevine/messages/api.hpp):
// requests are answered, subscriptions deliver `message_delivered` to any
// actor.
caf::behavior reader(caf::event_based_actor* self, const node_actor& node) {
  const std::string topic = "news";
  const auto failed = [self](const caf::error& why) {
    std::cerr << reason_of(why) << '\n';
    self->quit();
  };
  ask(self, node, std::chrono::seconds{10}, start_node{})
      .then(
          [=](const node_started& up) {
            for (const auto& address : up.addresses)
              std::cout << "listening " << address.to_text() << std::endl;
            tell(self, node,
                 subscribe_topic{topic, caf::actor_cast<caf::actor>(self)});
          },
          failed);
  // Answered as soon as a message would go to somebody.
  ask(self, node, std::chrono::minutes{2},
      await_peers{topic, 1, std::chrono::minutes{1}})
      .then(
          [=](const peers_ready&) {
            ask(self, node, std::chrono::seconds{10},
                publish_message{topic, to_bytes(as_bytes("hello"))})
                .then(
                    [](const publish_receipt& receipt) {
                      std::cout << "went to " << receipt.peers << " peers"
                                << std::endl;
                    },
                    failed);
          },
          failed);
  return {
      [](const message_delivered& delivered) {
        const auto& msg = *delivered.msg;
        if (!delivered.source.empty()) // not our own
          std::cout << to_string(msg.author()) << ": " << as_text(msg.data())
                    << std::endl;
      },
      // From main: leave the mesh and end.
      [=](stop_node stop) {
        ask(self, node, std::chrono::seconds{10}, stop)
            .then([=](node_stopped) { self->quit(); }, failed);
      },
  };
}

} // namespace

int main(int argc, char** argv) {
  // First of all; CAF 1.x needs it.
  init_global_meta_objects();
  // A new identity each time; grapevine/actors/identity_file.hpp keeps one.
  node_config config{libp2p::private_key::generate()};
  config.listen = {libp2p::multiaddr::from_text("/ip4/0.0.0.0/tcp/0").value()};
  for (int i = 1; i < argc; ++i)
    config.peers.push_back(libp2p::multiaddr::from_text(argv[i]).value());

  caf::actor_system_config system_config;
  tune_scheduler(system_config);
  caf::actor_system system{system_config};
  const auto actor = system.spawn(reader, spawn_node(system, config));

  std::cout << "press Enter to end" << std::endl;
  std::cin.get();
  tell_from_outside(actor, stop_node{});
}
