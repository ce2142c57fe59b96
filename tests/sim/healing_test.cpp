// Connections break, nodes vanish, parts are separated: it heals.
#include "sim/topology.hpp"
#include "tests/sim/sim_scenario.hpp"

#include <algorithm>

using namespace grapevine::sim;

TEST_CASE("healing: a third of the mesh links is cut", "[sim]") {
  sim_network net{{.seed = 51, .loss = 0.01}};
  net.add_nodes(80, with_flood_publish(false));
  net.connect(random_graph(80, 12, net.gen()));
  net.join_all("t");
  net.run(settling);
  std::vector<edge> links;
  for (node_index i = 0; i < 80; ++i)
    for (const auto peer : net.node(i).mesh_of("t"))
      if (peer < i)
        links.emplace_back(i, peer);
  grapevine::gossip::shuffle_front(std::span{links}, links.size(), net.gen());
  links.resize(links.size() / 3);
  for (const edge& link : links)
    net.disconnect(link);
  // What is published meanwhile arrives too.
  publish_some(net, 40, {"t"}, all_nodes(net));
  check_all_delivered(net, "a third of the mesh links cut");
  for (node_index i = 0; i < 80; ++i) {
    const auto& degrees = net.node(i).options().params.mesh;
    CHECK(net.node(i).mesh_of("t").size() >= degrees.degree_low);
  }
  CHECK(meshes_are_mutual(net, "t"));
}

TEST_CASE("healing: nodes vanish and others take their place", "[sim]") {
  sim_network net{{.seed = 52}};
  net.add_nodes(60, with_flood_publish(false));
  net.connect(random_graph(60, 12, net.gen()));
  net.join_all("t");
  net.run(settling);
  std::vector<node_index> rest;
  for (node_index i = 0; i < 60; ++i) {
    if (i % 4 != 0) {
      rest.push_back(i);
      continue;
    }
    net.isolate(i);
    net.leave(i, "t");
    CHECK(net.node(i).meshes().peer_count() == 0);
    CHECK(net.node(i).meshes().topic_count() == 0);
  }
  net.run(3s);
  publish_some(net, 40, {"t"}, rest);
  check_all_delivered(net, "15 of 60 nodes vanished");
  // They return with new connections.
  for (node_index i = 0; i < 60; i += 4) {
    net.join(i, "t");
    for (const node_index step : {1U, 5U, 9U, 13U, 17U, 21U})
      net.connect({i, (i + step) % 60});
  }
  net.run(settling);
  net.forget_messages();
  publish_some(net, 40, {"t"}, all_nodes(net));
  check_all_delivered(net, "and returned");
}

TEST_CASE("healing: two halves meet again", "[sim]") {
  sim_network net{{.seed = 53}};
  net.add_nodes(40, with_flood_publish(false));
  for (node_index i = 0; i < 40; ++i)
    for (node_index step = 2; step <= 12; step += 2)
      net.connect({i, (i + step) % 40});
  net.join_all("t");
  net.run(settling);
  // Even and odd nodes know nothing of each other.
  net.publish(0, "t");
  net.run(draining);
  CHECK(net.result().deliveries == 19);
  net.forget_messages();
  for (node_index i = 0; i < 40; i += 4)
    net.connect({i, i + 1});
  net.run(settling);
  publish_some(net, 40, {"t"}, all_nodes(net));
  check_all_delivered(net, "two halves met again");
}

TEST_CASE("healing: connections come and go all the time", "[sim]") {
  sim_network net{{.seed = 54, .loss = 0.01}};
  net.add_nodes(50, with_flood_publish(false));
  net.connect(random_graph(50, 10, net.gen()));
  net.join_all("t");
  net.run(settling);
  auto& gen = net.gen();
  for (int round = 0; round < 60; ++round) {
    const auto a =
        static_cast<node_index>(grapevine::gossip::random_below(gen, 50));
    const auto peers = net.node(a).peers();
    if (peers.size() > 8)
      net.disconnect(
          {a, peers[grapevine::gossip::random_below(gen, peers.size())]});
    const auto b =
        static_cast<node_index>(grapevine::gossip::random_below(gen, 50));
    const auto c =
        static_cast<node_index>(grapevine::gossip::random_below(gen, 50));
    const auto known = net.node(b).peers();
    if (b != c && !std::binary_search(known.begin(), known.end(), c))
      net.connect({b, c});
    net.publish(a, "t");
    net.run(500ms);
  }
  net.run(draining);
  check_all_delivered(net, "connections come and go");
}
