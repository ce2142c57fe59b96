// The actor that keeps known peers, on real files.
#include "actors/node/peer_store.hpp"
#include "tests/support/mesh_fixture.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>
#include <spdlog/sinks/ostream_sink.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;

struct store_actor_fixture {
  static constexpr std::chrono::seconds patience{20};

  temporary_folder folder;
  std::string path = (folder / "peers.db").string();
  std::ostringstream lines;
  std::shared_ptr<spdlog::logger> log = make_log(lines);
  caf::actor_system_config cfg;
  caf::actor_system sys{cfg};
  caf::scoped_actor self{sys};

  static std::shared_ptr<spdlog::logger> make_log(std::ostringstream& to) {
    auto log = std::make_shared<spdlog::logger>(
        "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(to));
    log->set_pattern("%l %v");
    return log;
  }

  peer_store_actor spawn() {
    return spawn_peer_store(sys, {path, log, {}, {}});
  }

  recalled_peers recall(const peer_store_actor& store) {
    recalled_peers result;
    ask(self.ptr(), store, patience, recall_peers{1'000})
        .receive([&](recalled_peers& known) { result = std::move(known); },
                 [&](caf::error& why) { FAIL(reason_of(why)); });
    return result;
  }

  template <class T>
  void say(const peer_store_actor& store, T msg) {
    tell(self.ptr(), store, std::move(msg));
  }

  void close(const peer_store_actor& store) {
    say(store, close_store{});
    self->wait_for(store);
  }

  // A life of the store that writes down a peer and a ban.
  void write_down(std::uint32_t number) {
    const auto store = spawn();
    say(store, remember_peers{{peer(number)}});
    say(store, remember_bans{{{numbered_peer(number + 100), true}}});
    close(store);
  }

  recalled_peers left_behind() {
    const auto store = spawn();
    auto result = recall(store);
    close(store);
    return result;
  }

  static stored_peer peer(std::uint32_t number) {
    return {numbered_peer(number),
            {libp2p::multiaddr::from_ip_tcp("198.41.0.4", 4001)},
            {},
            {},
            true,
            std::chrono::system_clock::now()};
  }

  // What was set aside, of the file itself.
  std::vector<std::string> aside() const {
    std::vector<std::string> result;
    for (const auto& one : fs::directory_iterator{path_folder()})
      if (const auto name = one.path().string();
          name.find(".corrupt-") != std::string::npos && !name.ends_with("-wal")
          && !name.ends_with("-shm"))
        result.push_back(name);
    return result;
  }

  fs::path path_folder() const { return fs::path{path}.parent_path(); }
};

std::string bytes_of(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

} // namespace

TEST_CASE("peer store: peers and bans are there in its next life") {
  store_actor_fixture f;
  f.write_down(1);
  // All of it is in one file.
  CHECK(f.folder.entries() == 1);
  const auto found = f.left_behind();
  REQUIRE(found.peers.size() == 1);
  CHECK(found.peers[0].peer == numbered_peer(1));
  CHECK(found.banned == std::vector{numbered_peer(101)});
  CHECK(f.lines.str().empty());
}

TEST_CASE("peer store: a file that cannot be used is set aside, with words "
          "that name both, and a new one is begun") {
  store_actor_fixture f;
  std::ofstream{f.path} << std::string(2'000, 'x');
  f.write_down(1);
  const auto aside = f.aside();
  REQUIRE(aside.size() == 1);
  CHECK(bytes_of(aside[0]) == std::string(2'000, 'x'));
  CHECK(f.left_behind().peers.size() == 1);
  CHECK_THAT(f.lines.str(), Catch::StartsWith("warning ")
                                && Catch::Contains(f.path + " cannot be used")
                                && Catch::Contains(aside[0] + " now"));
}

TEST_CASE("peer store: one that is spoilt while it is in use is set aside, and "
          "nothing more is lost") {
  store_actor_fixture f;
  f.write_down(1);
  const auto store = f.spawn();
  CHECK(f.recall(store).peers.size() == 1);
  std::fstream{f.path, std::ios::binary | std::ios::in | std::ios::out}
      << std::string(4'096, 'x');
  f.say(store, remember_bans{{{numbered_peer(102), true}}});
  f.say(store, remember_peers{{f.peer(2)}});
  f.close(store);
  CHECK(f.aside().size() == 1);
  const auto found = f.left_behind();
  REQUIRE(found.peers.size() == 1);
  CHECK(found.peers[0].peer == numbered_peer(2));
  CHECK(found.banned == std::vector{numbered_peer(102)});
}

TEST_CASE("peer store: where it cannot be it says so once, and works as soon "
          "as it can") {
  store_actor_fixture f;
  const auto blocked = f.folder.file("blocked", "");
  f.path = blocked + "/peers.db";
  const auto store = f.spawn();
  CHECK(f.recall(store).peers.empty());
  f.say(store, remember_bans{{{numbered_peer(102), true}}});
  CHECK(f.recall(store).banned.empty());
  const auto first = f.lines.str();
  CHECK_THAT(first, Catch::StartsWith("warning the peer store " + f.path)
                        && Catch::Contains("--peer-store"));
  CHECK(std::ranges::count(first, '\n') == 1);
  fs::remove(blocked);
  f.say(store, remember_peers{{f.peer(2)}});
  f.close(store);
  CHECK_THAT(f.lines.str(), Catch::Contains("works again"));
  const auto found = f.left_behind();
  CHECK(found.peers.size() == 1);
  // It was kept until there was a place for it.
  CHECK(found.banned == std::vector{numbered_peer(102)});
}

TEST_CASE("peer store: one that is ended without a word leaves a whole file") {
  store_actor_fixture f;
  const auto store = f.spawn();
  f.say(store, remember_peers{{f.peer(1)}});
  CHECK(f.recall(store).peers.size() == 1);
  caf::anon_send_exit(store, caf::exit_reason::kill);
  f.self->wait_for(store);
  CHECK(f.left_behind().peers.size() == 1);
  CHECK(f.lines.str().empty());
}
