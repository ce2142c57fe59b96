#include "messages/events.hpp"

#include <grapevine/actors/node.hpp>

int main() {
  const auto key = grapevine::libp2p::private_key::generate();
  const auto id = grapevine::libp2p::peer_id::of(key.public_part());
  return id.short_text().empty() ? 1 : application::events() - 1;
}
