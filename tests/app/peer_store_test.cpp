// Whom a node knows after a restart.
#include "tests/app/program_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <csignal>
#include <list>
#include <random>
#include <thread>

namespace grapevine::app {
namespace {

using Catch::Contains;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

// The key of a node, and what lies beside it.
struct home {
  temporary_folder folder;
  std::string key = (folder / "identity.key").string();
  std::string store = (folder / "identity.peers.db").string();

  words run(words options) const {
    options.insert(options.begin(), {"run", "--listen", "/ip4/127.0.0.1/tcp/0",
                                     "--identity", key});
    return options;
  }
};

// What follows `/p2p/` in `listening ADDRESS`.
std::string peer_of(const std::string& address) {
  return address.substr(address.rfind('/') + 1);
}

void stop(program& node) {
  node.signal(SIGTERM);
  CHECK(node.status() == 0);
}

TEST_CASE("peer store: a node whose bootstrap peer is gone finds its network "
          "again",
          "[app]") {
  const home own;
  std::string bootstrap;
  running_node other{{}};
  const auto found = "connected peer=" + peer_of(other.address());
  {
    running_node first{{}};
    bootstrap = first.address();
    program node{own.run({"--peer", bootstrap, "--peer", other.address()})};
    node.wait_for_error("connected peer=" + peer_of(bootstrap));
    node.wait_for_error(found);
    stop(node);
  }
  program node{own.run({"--peer", bootstrap})};
  node.wait_for_error("few peers (0): dialling those known from before (2)");
  node.wait_for_error(found);
  stop(node);
}

TEST_CASE("peer store: is beside the identity, or where it is told, or nowhere",
          "[app]") {
  const home own;
  const auto life = [&](const words& options) {
    program node{own.run(options)};
    node.line();
    stop(node);
  };
  life({"--peer-store", "off"});
  CHECK(fs::exists(own.key));
  CHECK_FALSE(fs::exists(own.store));
  const auto elsewhere = (own.folder / "elsewhere.db").string();
  life({"--peer-store", elsewhere});
  CHECK(fs::exists(elsewhere));
  CHECK_FALSE(fs::exists(own.store));
  life({});
  CHECK(fs::exists(own.store));
  // Not in the folder that it was started in.
  CHECK_FALSE(fs::exists("off"));
}

TEST_CASE("peer store: one that cannot be used is set aside, and the node says "
          "so",
          "[app]") {
  const home own;
  own.folder.file("identity.peers.db", "no database at all");
  program node{own.run({})};
  node.wait_for_error("the peer store " + own.store + " cannot be used");
  node.wait_for_error(own.store + ".corrupt-");
  stop(node);
  CHECK(fs::exists(own.store));
}

// -- kill -9 ------------------------------------------------------------------

// One node that is killed again and again.
struct victim {
  home own;
  std::optional<program> life;
  // Whoever it says that it is.
  std::string id;
  std::string said;

  void begin(const words& options) { life.emplace(own.run(options)); }

  void meet(const std::string& peer) {
    const auto address = life->line();
    if (id.empty())
      id = peer_of(address);
    CHECK(peer_of(address) == id);
    life->wait_for_error("connected peer=" + peer);
  }

  void kill() {
    life->signal(SIGKILL);
    life->status();
    said += life->errors();
    life.reset();
  }
};

TEST_CASE("peer store: a hundred kill -9 lose neither it nor the identity",
          "[app]") {
  // Five nodes at a time are killed twenty times each.
  running_node hub{{}};
  const auto hub_id = peer_of(hub.address());
  std::list<victim> victims(5);
  std::minstd_rand random{std::random_device{}()};
  const auto pause = [&](int most_ms) {
    std::this_thread::sleep_for(std::chrono::microseconds{
        std::uniform_int_distribution{0, most_ms * 1000}(random)});
  };
  const auto begin_all = [&](const words& options) {
    for (auto& one : victims)
      one.begin(options);
  };
  // While the key and the store are made.
  begin_all({"--peer", hub.address()});
  for (auto& one : victims) {
    pause(8);
    one.kill();
  }
  begin_all({"--peer", hub.address()});
  for (auto& one : victims) {
    one.meet(hub_id);
    stop(*one.life);
  }
  for (int round = 0; round < 19; ++round) {
    begin_all({"--peer", hub.address()});
    // Every other one early, while the files are opened.
    if (round % 2 == 1)
      for (auto& one : victims) {
        one.meet(hub_id);
        // It writes down whom it knows.
        one.life->signal(SIGTERM);
      }
    for (auto& one : victims) {
      pause(8);
      one.kill();
    }
  }
  for (auto& one : victims) {
    INFO(one.said);
    CHECK_THAT(one.said, !Contains("cannot be used"));
    // Its key, its store with what belongs to it, and nothing set aside.
    for (const auto& file : fs::directory_iterator{one.own.folder / ""})
      CHECK_THAT(file.path().filename().string(),
                 Catch::StartsWith("identity.") && !Contains("corrupt"));
  }
  // The store alone tells where the hub is.
  begin_all({});
  for (auto& one : victims)
    one.meet(hub_id);
}

} // namespace
} // namespace grapevine::app
