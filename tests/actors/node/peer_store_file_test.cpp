// The file of a peer store.
#include "actors/node/peer_store_file.hpp"
#include "tests/support/mesh_fixture.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>
#include <utility>
#include <vector>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;
using libp2p::multiaddr;
using store_reason = peer_store_error::reason;
using wall_clock = std::chrono::system_clock;

// Whole seconds, as they are kept.
const auto today = std::chrono::floor<std::chrono::seconds>(wall_clock::now());

struct store_file_fixture {
  temporary_folder folder;
  std::string path = (folder / "peers.db").string();
  peer_store_limits limits{};

  expected<peer_store_file, peer_store_error> open() const {
    return peer_store_file::open(path, 5s, limits);
  }

  peer_store_file opened() const {
    auto file = open();
    INFO((file ? std::string{} : file.error().text));
    REQUIRE(file);
    return *std::move(file);
  }

  std::vector<stored_peer> peers(std::size_t most = 1'000) const {
    const auto known = opened().recall(most);
    REQUIRE(known);
    return known->peers;
  }

  // Peers in the order of the store.
  std::vector<std::uint32_t> numbers(std::size_t most = 1'000) const {
    std::vector<std::uint32_t> result;
    for (const auto& one : peers(most))
      for (std::uint32_t i = 0; i < 100; ++i)
        if (one.peer == numbered_peer(i))
          result.push_back(i);
    return result;
  }

  std::string content() const {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
  }

  void overwrite(const std::string& with) const {
    std::ofstream{path, std::ios::binary} << with;
  }
};

stored_peer chosen(std::uint32_t number, wall_clock::duration ago = 0s) {
  return {numbered_peer(number),
          {multiaddr::from_ip_tcp("198.41.0.4", 4001)},
          {1, 2, 3},
          *libp2p::ip_prefix::from_text("198.41.0.4"),
          true,
          today - ago};
}

stored_peer met(std::uint32_t number, const std::string& from,
                wall_clock::duration ago = 0s) {
  auto one = chosen(number, ago);
  one.chosen = false;
  one.origin = *libp2p::ip_prefix::from_text(from);
  return one;
}

using numbers_type = std::vector<std::uint32_t>;

} // namespace

TEST_CASE("peer store: what was written down is there after a restart") {
  store_file_fixture f;
  auto one = chosen(1);
  one.addresses.push_back(*multiaddr::from_text("/dns4/example.org/tcp/4001"));
  const auto two = met(2, "2001:db8::/64", 1h);
  {
    auto file = f.opened();
    CHECK(file.recall(10)->peers.empty());
    REQUIRE(file.remember(std::vector{one, two},
                          std::vector{block_peer{numbered_peer(3), true},
                                      block_peer{numbered_peer(4), true}},
                          today));
    REQUIRE(file.remember({}, std::vector{block_peer{numbered_peer(4), false}},
                          today));
  }
  const auto found = f.opened().recall(10);
  REQUIRE(found);
  REQUIRE(found->peers.size() == 2);
  for (const auto& [got, put] :
       {std::pair{found->peers[0], one}, std::pair{found->peers[1], two}}) {
    CHECK(got.peer == put.peer);
    CHECK(got.addresses == put.addresses);
    CHECK(got.sealed == put.sealed);
    CHECK(got.origin == put.origin);
    CHECK(got.chosen == put.chosen);
    CHECK(got.seen == put.seen);
  }
  CHECK(found->banned == std::vector{numbered_peer(3)});
  CHECK(f.opened().recall(1)->peers.size() == 1);
}

TEST_CASE("peer store: nobody but its owner may read it") {
  const store_file_fixture f;
  const auto mode = [&](const char* part) {
    return fs::status(f.path + part).permissions();
  };
  const auto own = fs::perms::owner_read | fs::perms::owner_write;
  {
    auto file = f.opened();
    REQUIRE(file.remember(std::vector{chosen(1)}, {}, today));
    for (const auto* part : {"", "-wal", "-shm"})
      CHECK(mode(part) == own);
  }
  fs::permissions(f.path, own | fs::perms::group_read);
  f.opened();
  CHECK(mode("") == own);
}

TEST_CASE("peer store: chosen peers come first, and who was seen last") {
  const store_file_fixture f;
  REQUIRE(
      f.opened().remember(std::vector{met(1, "10.0.0.1"), chosen(2, 2h),
                                      chosen(3, 1h), met(4, "10.0.0.2", 1h)},
                          {}, today));
  CHECK(f.numbers() == numbers_type{3, 2, 1, 4});
  CHECK(f.numbers(2) == numbers_type{3, 2});
}

TEST_CASE("peer store: whom this node has chosen stays chosen, and what is new "
          "counts") {
  const store_file_fixture f;
  REQUIRE(f.opened().remember(std::vector{chosen(1, 1h)}, {}, today));
  auto again = met(1, "10.0.0.1");
  again.addresses = {multiaddr::from_ip_tcp("10.0.0.1", 1)};
  REQUIRE(f.opened().remember(std::vector{again}, {}, today));
  const auto found = f.peers();
  REQUIRE(found.size() == 1);
  CHECK(found[0].chosen);
  CHECK(found[0].addresses == again.addresses);
  CHECK(found[0].seen == again.seen);
}

TEST_CASE("peer store: strangers never push out those that this node chose") {
  store_file_fixture f;
  f.limits.chosen = 3;
  f.limits.met = 2;
  auto file = f.opened();
  REQUIRE(file.remember(
      std::vector{chosen(1, 5h), chosen(2, 4h), chosen(3, 3h)}, {}, today));
  for (std::uint32_t i = 10; i < 20; ++i)
    REQUIRE(file.remember(
        std::vector{met(i, "10.0.0." + std::to_string(i), 20min - i * 1min)},
        {}, today));
  // Of strangers those stay that were seen last, and so of the others.
  CHECK(f.numbers() == numbers_type{3, 2, 1, 19, 18});
  REQUIRE(file.remember(std::vector{chosen(4)}, {}, today));
  CHECK(f.numbers() == numbers_type{4, 3, 2, 19, 18});
}

TEST_CASE("peer store: strangers from one address have few places") {
  store_file_fixture f;
  f.limits.met_per_origin = 2;
  REQUIRE(f.opened().remember(
      std::vector{met(1, "10.0.0.1", 1min), met(2, "10.0.0.2", 9min),
                  met(3, "10.0.0.1", 2min), met(4, "10.0.0.1", 3min)},
      {}, today));
  CHECK(f.numbers() == numbers_type{1, 3, 2});
}

TEST_CASE("peer store: who was not seen for a month is forgotten") {
  const store_file_fixture f;
  REQUIRE(f.opened().remember(
      std::vector{chosen(1, 24h * 30), chosen(2, 24h * 30 + 1s)}, {}, today));
  CHECK(f.numbers() == numbers_type{1});
}

TEST_CASE("peer store: bans are bounded, too") {
  store_file_fixture f;
  f.limits.bans = 2;
  auto file = f.opened();
  for (std::uint32_t i = 1; i <= 3; ++i)
    REQUIRE(file.remember({}, std::vector{block_peer{numbered_peer(i), true}},
                          today + i * 1s));
  CHECK(file.recall(0)->banned
        == std::vector{numbered_peer(2), numbered_peer(3)});
}

TEST_CASE("peer store: one peer's bytes are bounded") {
  const store_file_fixture f;
  auto one = chosen(1);
  for (std::uint16_t port = 1; port < 1'000; ++port)
    one.addresses.push_back(multiaddr::from_ip_tcp("198.41.0.4", port));
  one.sealed.resize(100'000);
  REQUIRE(f.opened().remember(std::vector{one}, {}, today));
  const auto found = f.peers();
  REQUIRE(found.size() == 1);
  CHECK(found[0].addresses.size() > 10);
  CHECK(found[0].addresses.size() < 100);
  CHECK(found[0].sealed.empty());
}

// -- files that are none ------------------------------------------------------

TEST_CASE("peer store: what is not whole, or none, is known as such") {
  const store_file_fixture f;
  std::vector<stored_peer> many;
  for (std::uint32_t i = 1; i < 100; ++i)
    many.push_back(chosen(i));
  REQUIRE(f.opened().remember(many, {}, today));
  const auto good = f.content();
  REQUIRE(good.size() > 3 * 4096);
  SECTION("a text") {
    f.overwrite(std::string(1'000, 'x'));
  }
  SECTION("half of it") {
    f.overwrite(good.substr(0, good.size() / 2));
  }
  SECTION("a bit of it") {
    f.overwrite(good.substr(0, 50));
  }
  SECTION("zeros within") {
    f.overwrite(good.substr(0, 4096) + std::string(8192, '\0')
                + good.substr(3 * std::size_t{4096}));
  }
  SECTION("another program's") {
    REQUIRE(sqlite_file::open(f.path, 1s)->run("PRAGMA application_id = 7"));
  }
  SECTION("a newer version's") {
    REQUIRE(sqlite_file::open(f.path, 1s)->run("PRAGMA user_version = 99"));
  }
  const auto file = f.open();
  REQUIRE_FALSE(file);
  CHECK(file.error().code == store_reason::unusable);
  CHECK_FALSE(file.error().text.empty());
}

TEST_CASE("peer store: an empty file becomes one") {
  const store_file_fixture f;
  f.overwrite("");
  CHECK(f.opened().remember(std::vector{chosen(1)}, {}, today));
}

TEST_CASE("peer store: what cannot be opened is not set aside") {
  store_file_fixture f;
  SECTION("a folder") {
    fs::create_directory(f.path);
  }
  SECTION("below a file") {
    f.overwrite("");
    f.path += "/peers.db";
  }
  const auto file = f.open();
  REQUIRE_FALSE(file);
  CHECK(file.error().code == store_reason::failed);
  CHECK_FALSE(file.error().text.empty());
}

TEST_CASE("peer store: its folder is made") {
  store_file_fixture f;
  f.path = (f.folder / "a/b/peers.db").string();
  CHECK(f.opened().remember(std::vector{chosen(1)}, {}, today));
}

TEST_CASE("peer store: a row that somebody has spoilt is left out") {
  const store_file_fixture f;
  REQUIRE(f.opened().remember(std::vector{chosen(1), chosen(2)}, {}, today));
  REQUIRE(sqlite_file::open(f.path, 1s)
              ->run("INSERT INTO peers VALUES ('nobody', 1, 1, '?', "
                    "'/ip4/1.2.3.4', x'00');"
                    "INSERT INTO bans VALUES ('nobody', 1);"
                    "UPDATE peers SET addresses = '?' || char(10) || "
                    "'/ip4/1.2.3.4/tcp/5'"));
  const auto found = f.opened().recall(10);
  REQUIRE(found);
  CHECK(found->banned.empty());
  REQUIRE(found->peers.size() == 2);
  CHECK(found->peers[0].addresses
        == std::vector{multiaddr::from_ip_tcp("1.2.3.4", 5)});
}

TEST_CASE("peer store: set aside is the file with its log, under a name of its "
          "own") {
  const store_file_fixture f;
  const wall_clock::time_point then{std::chrono::seconds{1'700'000'000}};
  for (const auto* part : {"", "-wal", "-shm"})
    f.folder.file(std::string{"peers.db"} + part, "1");
  CHECK(set_aside(f.path, then) == f.path + ".corrupt-20231114T221320Z");
  for (const auto* part : {"", "-wal", "-shm"})
    CHECK(fs::exists(f.path + ".corrupt-20231114T221320Z" + part));
  CHECK(f.folder.entries() == 3);
  f.overwrite("2");
  CHECK(set_aside(f.path, then) == f.path + ".corrupt-20231114T221320Z-2");
  // Another node may have been faster.
  CHECK(set_aside(f.path, then));
}

TEST_CASE("peer store: two nodes may use one file") {
  const store_file_fixture f;
  constexpr std::uint32_t rounds = 20;
  const auto work = [&](std::uint32_t first) {
    for (std::uint32_t i = 0; i < rounds; ++i) {
      // Each opens a new file at the same time as the other.
      auto file = f.open();
      if (!file)
        return file.error().text;
      if (const auto done =
              file->remember(std::vector{chosen(first + i)}, {}, today);
          !done)
        return done.error().text;
    }
    return std::string{};
  };
  std::string other;
  std::thread second{[&] { other = work(50); }};
  CHECK(work(1) == "");
  second.join();
  CHECK(other == "");
  CHECK(f.peers().size() == 2 * rounds);
}
