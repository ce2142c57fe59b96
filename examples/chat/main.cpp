// A chat between terminals, by an actor with a typed interface and the handle
// of a topic. In one terminal:
//
//     chat anna
//
// prints the address that it listens at; in another one, with that address:
//
//     chat bert /ip4/127.0.0.1/tcp/…/p2p/…
//
// What is typed in one is printed in the other. `chat --demo` talks to itself,
// and ends.
#include <functional>
#include <future>
#include <grapevine/actors/node_handle.hpp>
#include <grapevine/messages/init.hpp>
#include <grapevine/messages/topic.hpp>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace grapevine;

namespace {

// One who chats.
using chatter = caf::typed_actor<
    // Says a line.
    takes<std::string>,
    // Hears one; the node sends it.
    takes<message_delivered>>;

// What is done with the lines of others.
using listener = std::function<void(const std::string& line)>;

chatter::behavior_type chat(chatter::pointer self, const topic& room,
                            const std::string& name, const listener& heard) {
  const auto failed = [](const caf::error& why) {
    std::cerr << reason_of(why) << std::endl;
  };
  delivery_options others;
  others.own_messages = false;
  room.subscribe(self, others).then([](changed) {}, failed);
  return {
      [=](const std::string& line) {
        room.publish(self, to_bytes(as_bytes(name + ": " + line)))
            .then(
                [](const publish_receipt& receipt) {
                  if (receipt.peers == 0)
                    std::cerr << "(nobody is here yet)" << std::endl;
                },
                failed);
      },
      [=](const message_delivered& got) {
        if (got.missed > 0)
          heard("(" + std::to_string(got.missed) + " lines missed)");
        heard(to_string(got.msg->data()));
      },
  };
}

node_config settings() {
  // A new identity each time; grapevine/actors/identity_file.hpp keeps one.
  node_config config{libp2p::private_key::generate()};
  config.listen = {*libp2p::multiaddr::from_text("/ip4/127.0.0.1/tcp/0")};
  return config;
}

// The addresses it listens at; none if it failed.
std::vector<libp2p::multiaddr> start(node_handle& node) {
  const auto up = node.start();
  if (!up) {
    std::cerr << reason_of(up.error()) << '\n';
    return {};
  }
  return up->addresses;
}

int talk(caf::actor_system& system, const std::string& name,
         std::vector<libp2p::multiaddr> peers) {
  auto config = settings();
  config.peers = std::move(peers);
  node_handle node{system, std::move(config)};
  const auto addresses = start(node);
  if (addresses.empty())
    return 1;
  for (const auto& address : addresses)
    std::cout << "others join by: chat NAME " << address.to_text() << std::endl;
  const auto me = system.spawn(chat, topic{node.actor(), "chat"}, name,
                               listener{[](const std::string& line) {
                                 std::cout << line << std::endl;
                               }});
  for (std::string line; std::getline(std::cin, line);)
    tell_from_outside(me, std::move(line));
  // The node stops in order when its handle goes.
  caf::anon_send_exit(me, caf::exit_reason::user_shutdown);
  return 0;
}

int demo(caf::actor_system& system) {
  node_handle first{system, settings()};
  const auto addresses = start(first);
  if (addresses.empty())
    return 1;
  auto config = settings();
  config.peers = addresses;
  node_handle second{system, std::move(config)};
  if (start(second).empty())
    return 1;
  const auto heard = std::make_shared<std::promise<std::string>>();
  const topic room{second.actor(), "chat"};
  const auto anna = system.spawn(
      chat, topic{first.actor(), "chat"}, std::string{"anna"},
      listener{[heard](const std::string& line) { heard->set_value(line); }});
  const auto bert = system.spawn(chat, room, std::string{"bert"},
                                 listener{[](const std::string&) {}});
  const caf::scoped_actor self{system};
  room.await_peers(self).receive([](const peers_ready&) {},
                                 [](const caf::error&) {});
  tell_from_outside(bert, std::string{"hello"});
  auto line = heard->get_future();
  const bool came =
      line.wait_for(std::chrono::seconds{20}) == std::future_status::ready;
  std::cout << (came ? line.get() : "nothing came") << std::endl;
  caf::anon_send_exit(anna, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(bert, caf::exit_reason::user_shutdown);
  return came ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: chat NAME [ADDRESS...], or chat --demo\n";
    return 1;
  }
  init_global_meta_objects();
  caf::actor_system_config config;
  tune_scheduler(config);
  caf::actor_system system{config};
  if (std::string_view{argv[1]} == "--demo")
    return demo(system);
  std::vector<libp2p::multiaddr> peers;
  for (int i = 2; i < argc; ++i) {
    auto address = libp2p::multiaddr::from_text(argv[i]);
    if (!address) {
      std::cerr << argv[i] << " is no address\n";
      return 1;
    }
    peers.push_back(*std::move(address));
  }
  return talk(system, argv[1], std::move(peers));
}
