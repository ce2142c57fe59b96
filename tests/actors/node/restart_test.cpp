// Nodes on real sockets that stop in order and start again.
#include "tests/support/node_network.hpp"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>
#include <set>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

// Messages come by the mesh, or else by gossip of a heartbeat that is too rare
// to hide that they did not.
node_config sparse(std::uint8_t number) {
  auto config = node_network::config(number);
  config.params.flood_publish = false;
  config.params.timers.heartbeat_interval = 10s;
  // Whoever comes is grafted at once.
  config.params.mesh.degree_low = config.params.mesh.degree;
  return config;
}

// The same at the address that it had.
node_config again(std::uint8_t number, const node_network::running_node& node) {
  auto config = sparse(number);
  config.listen = {node.addresses.at(0).without_peer()};
  return config;
}

class restart_fixture {
public:
  explicit restart_fixture(std::uint8_t count) {
    for (std::uint8_t i = 0; i < count; ++i) {
      nodes.push_back(net.start(sparse(static_cast<std::uint8_t>(i + 1))));
      net.subscribe(nodes.back(), "t");
      dial_others(i);
    }
    await_meshes();
  }

  void restart(std::size_t which) {
    const auto number = static_cast<std::uint8_t>(which + 1);
    net.stop(nodes[which]);
    nodes[which] = net.start(again(number, nodes[which]));
    net.subscribe(nodes[which], "t");
    dial_others(which);
  }

  // Until everybody has everybody in its mesh: of so few all fit.
  void await_meshes() {
    const auto end = std::chrono::steady_clock::now() + node_network::patience;
    for (const auto& node : nodes)
      while (mesh_of(node) < nodes.size() - 1)
        REQUIRE(std::chrono::steady_clock::now() < end);
  }

  std::size_t mesh_of(const node_network::running_node& node) {
    const auto known = net.get<node_snapshot>(node.actor, inspect_node{});
    for (const auto& topic : known.mesh.topics)
      if (topic.topic == "t")
        return topic.mesh.size();
    return 0;
  }

  // Takes deliveries until there were so many of each of the texts. A node
  // that was away may get older ones, too.
  void await_deliveries(const std::vector<std::string>& texts,
                        std::size_t copies) {
    std::map<std::string, std::size_t> missing;
    for (const auto& text : texts)
      missing[text] = copies;
    while (!missing.empty()) {
      const auto known =
          missing.find(to_string(net.next_message().msg->data()));
      if (known != missing.end() && --known->second == 0)
        missing.erase(known);
    }
  }

  std::vector<std::string> burst(std::size_t from, int count) {
    std::vector<std::string> texts;
    for (int i = 0; i < count; ++i) {
      texts.push_back("message " + std::to_string(++published_));
      net.publish(nodes[from], "t", texts.back());
    }
    return texts;
  }

  node_network net;
  std::vector<node_network::running_node> nodes;

private:
  void dial_others(std::size_t which) {
    for (std::size_t i = 0; i < nodes.size(); ++i)
      if (i != which)
        net.connect(nodes[which], nodes[i]);
  }

  int published_ = 0;
};

} // namespace

TEST_CASE("a rolling restart: each node is in everybody's mesh at once, and a "
          "burst reaches all") {
  restart_fixture f{4};
  for (std::size_t i = 0; i < f.nodes.size(); ++i) {
    f.restart(i);
    // Those who gave up a backoff of a minute would be waited for in vain.
    f.await_meshes();
    const auto texts = f.burst((i + 1) % f.nodes.size(), 40);
    f.await_deliveries(texts, f.nodes.size());
  }
}

TEST_CASE("what is published while a node is away reaches it when it is back, "
          "and nobody else twice") {
  restart_fixture f{4};
  f.net.stop(f.nodes[3]);
  const auto texts = f.burst(0, 10);
  f.await_deliveries(texts, 3);
  // Stopped already: its place is taken by the new one.
  const auto number = std::uint8_t{4};
  f.nodes[3] = f.net.start(again(number, f.nodes[3]));
  f.net.subscribe(f.nodes[3], "t");
  f.net.connect(f.nodes[3], f.nodes[1]);
  f.await_deliveries(texts, 1);
  CHECK(f.net.no_message(50ms));
}

TEST_CASE("what a node published just before another comes reaches it") {
  node_network net;
  const auto a = net.start(sparse(1));
  const auto b = net.start(sparse(2));
  net.subscribe(b, "t");
  net.connect(b, a);
  net.await(a, "t", 1);
  net.stop(b);
  net.subscribe(a, "t");
  std::set<std::string> texts;
  for (int i = 0; i < 10; ++i) {
    texts.insert("message " + std::to_string(i));
    net.publish(a, "t", "message " + std::to_string(i));
  }
  for (int i = 0; i < 10; ++i)
    net.next_message();
  const auto back = net.start(again(2, b));
  net.subscribe(back, "t");
  net.connect(back, a);
  std::set<std::string> got;
  for (int i = 0; i < 10; ++i)
    got.insert(to_string(net.next_message().msg->data()));
  CHECK(got == texts);
  net.stop(a);
  net.stop(back);
}

namespace {

using clock = std::chrono::system_clock;

std::string stamped(int number) {
  return std::to_string(clock::now().time_since_epoch().count()) + " "
         + std::to_string(number);
}

clock::duration latency_of(const message_delivered& msg) {
  const auto sent = std::stoll(to_string(msg.msg->data()));
  return msg.received.time_since_epoch() - clock::duration{sent};
}

void print_latencies(const char* name, std::vector<clock::duration> all) {
  std::ranges::sort(all);
  const auto at = [&](std::size_t percent) {
    return std::chrono::duration<double, std::milli>{
        all[(all.size() - 1) * percent / 100]}
        .count();
  };
  std::cout << name << ": " << all.size() << " deliveries, p50 " << at(50)
            << " ms, p99 " << at(99) << " ms, max " << at(100) << " ms\n";
}

// As `grapevine` runs, but for flood publishing, which would hide the meshes.
node_config ordinary(std::uint8_t number) {
  auto config = node_network::config(number);
  config.params.flood_publish = false;
  return config;
}

} // namespace

TEST_CASE("right after a rolling restart of five nodes a burst reaches all") {
  constexpr std::uint8_t count = 5;
  node_network net;
  std::vector<node_network::running_node> nodes;
  const auto dial = [&](std::size_t which) {
    for (std::size_t i = 0; i < nodes.size(); ++i)
      if (i != which)
        net.connect(nodes[which], nodes[i]);
  };
  for (std::uint8_t i = 0; i < count; ++i) {
    nodes.push_back(net.start(ordinary(static_cast<std::uint8_t>(i + 1))));
    net.subscribe(nodes.back(), "t");
    dial(i);
  }
  const auto await_all = [&] {
    for (const auto& node : nodes)
      net.await(node, "t", count - 1);
  };
  await_all();
  for (std::uint8_t i = 0; i < count; ++i) {
    net.stop(nodes[i]);
    auto config = ordinary(static_cast<std::uint8_t>(i + 1));
    config.listen = {nodes[i].addresses.at(0).without_peer()};
    nodes[i] = net.start(config);
    net.subscribe(nodes[i], "t");
    dial(i);
  }
  await_all();
  constexpr int messages = 400;
  for (int i = 0; i < messages; ++i)
    net.publish(nodes[static_cast<std::size_t>(i) % count], "t", stamped(i));
  std::vector<clock::duration> latencies;
  for (int i = 0; i < messages * count; ++i)
    latencies.push_back(latency_of(net.next_message()));
  print_latencies("after a rolling restart", latencies);
  for (const auto& node : nodes)
    net.stop(node);
}
