// A program that has forgotten to tell CAF of a node's messages: says what
// comes of it.
#include "actors/node.hpp"
#include "tests/support/caf_testing.hpp"

#include <exception>
#include <iostream>

using namespace grapevine;

namespace {

template <class F>
void say(const char* what, F f) {
  std::cout << what << ": ";
  try {
    f();
    std::cout << "passes" << std::endl;
  } catch (const std::exception& e) {
    std::cout << e.what() << std::endl;
  }
}

} // namespace

int main() {
  // As a program does that has no types of its own.
  test::init_caf_alone();
  caf::actor_system_config cfg;
  say("tune_scheduler", [&] { tune_scheduler(cfg); });
  caf::actor_system sys{cfg};
  say("spawn_node", [&] {
    const auto node =
        spawn_node(sys, node_config{libp2p::private_key::generate()});
    caf::anon_send_exit(node, caf::exit_reason::kill);
  });
}
