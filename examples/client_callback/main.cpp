// The client without actors, by functions: one is called with each message,
// another one with what happens to peers, and a third one judges messages.
//
//     client_callback
#include <exception>
#include <future>
#include <grapevine/client/client.hpp>
#include <iostream>
#include <stdexcept>
#include <string_view>
#include <utility>

using namespace grapevine;

namespace {

client started() {
  client_options options;
  options.listen = {*libp2p::multiaddr::from_text("/ip4/127.0.0.1/tcp/0")};
  auto result = client::start(std::move(options));
  if (!result)
    throw std::runtime_error{result.error().text};
  return *std::move(result);
}

bytes bytes_of(std::string_view text) {
  return to_bytes(as_bytes(text));
}

} // namespace

int main() {
  try {
    auto reader = started();
    auto writer = started();

    // On several threads of the node's, so it shares nothing.
    client_validation no_shouting;
    no_shouting.functions = {[](const gossip::message& msg,
                                const libp2p::peer_id&) -> judgement {
      return as_text(msg.data()).ends_with('!') ? gossip::verdict_kind::reject
                                                : gossip::verdict_kind::accept;
    }};
    if (const auto done = reader.validate("news", no_shouting); !done)
      throw std::runtime_error{done.error().text};

    // These two are called on one thread of the client's, one after the other,
    // until their handles go.
    std::promise<void> heard;
    const auto news =
        reader.subscribe("news", [&](const message_delivered& message) {
          std::cout << "heard: " << as_text(message.msg->data()) << std::endl;
          heard.set_value();
        });
    const auto events = reader.watch([](const node_event& event) {
      if (event.what == node_event::kind::connected)
        std::cout << "connected: " << event.peer.short_text() << std::endl;
    });

    if (!news || !events || !writer.connect(reader.addresses().at(0))
        || writer.await_peers("news").value_or(0) == 0)
      throw std::runtime_error{"the two did not find each other"};
    writer.publish("news", bytes_of("HELLO!"));
    const auto receipt = writer.publish("news", bytes_of("hello")).get();
    if (!receipt)
      throw std::runtime_error{receipt.error().text};
    heard.get_future().wait();
    return 0;
  } catch (const std::exception& failed) {
    std::cerr << failed.what() << '\n';
    return 1;
  }
}
