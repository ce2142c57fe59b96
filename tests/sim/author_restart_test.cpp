// A node that is started again forgets what it published; others do not.
#include "sim/topology.hpp"
#include "tests/sim/sim_scenario.hpp"

#include <algorithm>

using namespace grapevine::sim;

TEST_CASE(
    "restart: an author is told of its own messages, and blames none of its "
    "16 neighbours",
    "[sim]") {
  constexpr node_index author = 0;
  constexpr node_index neighbours = 16;
  node_options options;
  // Whether its ids tell whose its messages are.
  options.knows_own_ids = GENERATE(true, false);
  sim_network net{{.seed = 91}};
  net.add_nodes(neighbours + 1, options);
  net.connect(full(neighbours + 1));
  net.join_all("t");
  net.run(settling);
  for (int i = 0; i < 20; ++i) {
    net.publish(author, "t");
    net.run(20ms);
  }
  net.stop(author);
  net.start(author);
  for (node_index i = 1; i <= neighbours; ++i)
    net.connect({author, i});
  net.join(author, "t");
  // As long as a broken promise takes to count.
  for (int second = 0; second < 10; ++second) {
    net.run(1s);
    for (node_index i = 1; i <= neighbours; ++i) {
      CHECK(net.node(author).score_of(i) >= 0);
      CHECK(net.node(i).score_of(author) >= 0);
    }
  }
  // And so it takes part.
  net.forget_messages();
  publish_some(net, 20, {"t"}, all_nodes(net));
  check_all_delivered(net, "an author among 16 neighbours was started again");
}
