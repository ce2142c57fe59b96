// A program without actors that has a poll loop of its own: it prints what
// comes in the topic "news" and publishes the lines of its standard input. No
// header of CAF is needed to build it.
//
//     client                                   listens, and prints its address
//     client /ip4/…/tcp/…/p2p/…                another terminal: connects to it
//     client --demo                            two in one process, and ends
#include <grapevine/client/client.hpp>
#include <iostream>
#include <poll.h>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>

using namespace std::chrono_literals;

namespace {

grapevine::client_options options() {
  grapevine::client_options result;
  // A new identity each time; `identity_file` keeps one.
  result.listen = {
      *grapevine::libp2p::multiaddr::from_text("/ip4/127.0.0.1/tcp/0")};
  return result;
}

void print(const grapevine::message_delivered& message) {
  if (message.missed > 0)
    std::cout << "(" << message.missed << " missed) ";
  std::cout << message.msg->author().short_text() << ": "
            << grapevine::as_text(message.msg->data()) << std::endl;
}

// Waits for the terminal and for messages at once. False if something failed.
bool run(grapevine::client& node) {
  grapevine::queue_options others;
  others.own_messages = false;
  auto news = node.subscribe("news", others);
  if (!news) {
    std::cerr << news.error().text << '\n';
    return false;
  }
  const auto readable = news->descriptor();
  if (!readable)
    return false;
  for (;;) {
    pollfd waiting[] = {{STDIN_FILENO, POLLIN, 0}, {*readable, POLLIN, 0}};
    if (::poll(waiting, 2, -1) < 0)
      return false;
    while (const auto message = news->try_pop())
      print(*message);
    if (waiting[0].revents == 0)
      continue;
    std::string line;
    if (!std::getline(std::cin, line))
      return true;
    // Does not wait: who wants to know how it went keeps the future.
    node.publish("news", grapevine::to_bytes(grapevine::as_bytes(line)));
  }
}

// What two terminals would do.
bool demo() {
  auto first = grapevine::client::start(options());
  auto second = grapevine::client::start(options());
  if (!first || !second)
    return false;
  auto news = first->subscribe("news");
  const auto readable = news ? news->descriptor() : 0;
  if (!news || !readable || !second->connect(first->addresses().at(0)))
    return false;
  grapevine::publish_options when_ready;
  when_ready.min_peers = 1;
  const auto receipt = second->publish_and_wait(
      "news", grapevine::to_bytes(grapevine::as_bytes("hello")), when_ready);
  if (!receipt) {
    std::cerr << receipt.error().text << '\n';
    return false;
  }
  pollfd waiting{*readable, POLLIN, 0};
  if (::poll(&waiting, 1, 20'000) != 1)
    return false;
  print(*news->try_pop());
  return true;
}

} // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view{argv[1]} == "--demo")
    return demo() ? 0 : 1;
  auto settings = options();
  for (int i = 1; i < argc; ++i) {
    auto address = grapevine::libp2p::multiaddr::from_text(argv[i]);
    if (!address) {
      std::cerr << argv[i] << " is no address\n";
      return 1;
    }
    // Dialled until it is there, and again when it is lost.
    settings.peers.push_back(*std::move(address));
  }
  auto node = grapevine::client::start(std::move(settings));
  if (!node) {
    std::cerr << node.error().text << '\n';
    return 1;
  }
  for (const auto& address : node->addresses())
    std::cout << "listening " << address.to_text() << std::endl;
  return run(*node) ? 0 : 1;
}
