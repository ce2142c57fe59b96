// A user of the client, built where every header of CAF is an error.
#include "client/client.hpp"

#include <iostream>

int main() {
  grapevine::client_options options;
  options.listen = {
      *grapevine::libp2p::multiaddr::from_text("/ip4/127.0.0.1/tcp/0")};
  auto started = grapevine::client::start(std::move(options));
  if (!started) {
    std::cerr << started.error().text << '\n';
    return 1;
  }
  auto news = started->subscribe("news");
  const auto sent = started->publish_and_wait(
      "news", grapevine::to_bytes(grapevine::as_bytes("hello")));
  const auto got =
      news ? news->pop_for(std::chrono::seconds{20}) : std::nullopt;
  return sent && got && grapevine::as_text(got->msg->data()) == "hello" ? 0 : 1;
}
