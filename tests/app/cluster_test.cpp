// A cluster on this machine: begun, looked at, hurt and ended.
#include "actors/host/socket.hpp"
#include "tests/app/program_fixture.hpp"
#include "tests/support/own_network.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <random>
#include <unistd.h>

namespace grapevine::app {
namespace {

using Catch::Contains;
using nlohmann::json;

// The first of seven free ports: of a page and three nodes. Other tests look
// for theirs above.
std::uint16_t free_ports() {
  static std::minstd_rand generator{static_cast<unsigned>(::getpid())};
  std::uniform_int_distribution<std::uint16_t> any{12'000, 19'000};
  for (;;) {
    const auto first = any(generator);
    const auto is_free = [first](int i) {
      const auto port = static_cast<std::uint16_t>(first + i);
      return listen_on(
                 *endpoint::of(*libp2p::multiaddr::from_text(loopback(port))))
          .has_value();
    };
    int free = 0;
    while (free < 7 && is_free(free))
      ++free;
    if (free == 7)
      return first;
  }
}

class folder_of_cluster {
public:
  words words_for(const std::string& action, words more = {}) const {
    const words begin{"cluster", action, "--folder", path().string()};
    more.insert(more.begin(), begin.begin(), begin.end());
    return more;
  }
  result run(const std::string& action, words more = {}) const {
    return run_program(words_for(action, std::move(more)));
  }
  std::filesystem::path path() const { return folder_ / "cluster"; }

private:
  temporary_folder folder_;
};

json status_of(const folder_of_cluster& folder) {
  const auto told = folder.run("status", {"--json"});
  CHECK(told.status == 0);
  REQUIRE(told.out.size() == 1);
  return json::parse(told.out.front());
}

// Waits until the cluster is as wanted.
template <class Predicate>
bool comes_true(const folder_of_cluster& folder, Predicate predicate) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < until)
    if (predicate(status_of(folder)))
      return true;
  return false;
}

TEST_CASE("cluster: is up, tells of itself, and ends", "[app]") {
  const folder_of_cluster folder;
  const auto port = std::to_string(free_ports());
  const auto up = folder.run("up", {"-n", "3", "--port", port, "--detach",
                                    "--topic", "news", "--topic", "weather"});
  INFO(up.err);
  REQUIRE(up.status == 0);
  REQUIRE(up.out == words{"3 nodes are up: http://127.0.0.1:" + port + "/"});

  const auto table = folder.run("status");
  CHECK(table.status == 0);
  REQUIRE(table.out.size() == 4);
  CHECK_THAT(table.out[0], Contains("NODE") && Contains("MESHES"));
  CHECK_THAT(table.out[3],
             Contains("node-03") && Contains("running") && Contains("news: "));
  // Whoever is up is in a mesh of each topic.
  const auto status = status_of(folder);
  for (const auto& node : status.at("nodes"))
    for (const auto* topic : {"news", "weather"})
      CHECK_FALSE(node.at("meshes").at(topic).empty());

  const auto twice = folder.run("up", {"-n", "3", "--port", port});
  CHECK(twice.status == 1);
  CHECK_THAT(twice.err, Contains("is up already"));

  CHECK(folder.run("down").status == 0);
  const auto gone = folder.run("status");
  CHECK(gone.status == 1);
  CHECK_THAT(gone.err, Contains("no cluster is up"));
  CHECK(folder.run("down").status == 1);
}

TEST_CASE("cluster: does to its nodes what is planned", "[app]") {
  const folder_of_cluster folder;
  const temporary_folder given;
  const auto faults = given / "faults.toml";
  std::ofstream{faults} << "[[fault]]\nat = \"0s\"\ndo = \"kill\"\nnodes = "
                           "[2]\n[[fault]]\nat = \"0s\"\ndo = "
                           "\"pause\"\nnodes = [3]\n";
  const auto port = std::to_string(free_ports());
  program cluster{folder.words_for(
      "up", {"-n", "3", "--port", port, "--faults", faults.string()})};
  CHECK_THAT(cluster.line(), Contains("3 nodes are up"));
  cluster.wait_for_error("kill node-02");
  cluster.wait_for_error("pause node-03");
  CHECK(comes_true(folder, [](const json& seen) {
    const auto& nodes = seen.at("nodes");
    return nodes[0].at("state") == "running"
           && nodes[1].at("state") == "signal 9"
           && nodes[2].at("state") == "paused"
           && !nodes[1].at("answers").get<bool>()
           && seen.at("events").size() == 2;
  }));
  cluster.signal(SIGTERM);
  CHECK(cluster.status() == 0);
}

TEST_CASE("cluster: a node that cannot live is told with its log", "[app]") {
  const folder_of_cluster folder;
  const temporary_folder given;
  const auto config = given / "all.toml";
  std::ofstream{config} << "max-peers = \"many\"\n";
  const auto up =
      folder.run("up", {"-n", "2", "--port", std::to_string(free_ports()),
                        "--config", config.string()});
  CHECK(up.status == 1);
  // Whichever ends first.
  const std::string which =
      up.err.find("node-01 has ended") != std::string::npos ? "node-01"
                                                            : "node-02";
  CHECK_THAT(up.err, Contains(which + " has ended by itself (status 2)")
                         && Contains(which + "/log")
                         && Contains("2 of 2 nodes are not up"));
  std::ifstream log{folder.path() / which / "log"};
  const std::string text{std::istreambuf_iterator<char>{log}, {}};
  CHECK_THAT(text, Contains("max-peers"));
}

TEST_CASE("cluster: what was asked wrongly is said", "[app]") {
  const folder_of_cluster folder;
  const auto refused = [&](const std::string& action, const words& more) {
    const auto ended = folder.run(action, more);
    CHECK(ended.status == 2);
    return ended.err;
  };
  CHECK_THAT(refused("upp", {}), Contains("must be up, status or down"));
  CHECK_THAT(refused("up", {"-n", "0"}), Contains("must be from 1 to 500"));
  CHECK_THAT(refused("up", {"--port", "65535"}), Contains("--port"));
  CHECK_THAT(refused("down", {"--port", "4100"}),
             Contains("--port is for \"grapevine cluster up\""));
  CHECK_THAT(refused("up", {"--json"}), Contains("status"));
  CHECK_THAT(refused("up", {"--faults", "nowhere.toml"}),
             Contains("--faults") && Contains("No such file"));
}

TEST_CASE("cluster: where the kernel cannot impair a network, a cluster that "
          "is to be impaired says so before it begins",
          "[app]") {
  const test::own_network network;
  if (!network)
    return;
  // NOLINTNEXTLINE(cert-env33-c): with words of this test's own
  const bool possible = std::system("tc qdisc add dev lo root netem delay 1ms "
                                    ">/dev/null 2>&1")
                        == 0;
  const folder_of_cluster folder;
  const temporary_folder given;
  const auto faults = given / "faults.toml";
  std::ofstream{faults} << "[[fault]]\nat = \"1h\"\ndo = \"impair\"\nnodes = "
                           "[1]\nloss = 5\n";
  const auto up = folder.run("up", {"-n", "1", "--namespaces", "--detach",
                                    "--port", std::to_string(free_ports()),
                                    "--faults", faults.string()});
  INFO(up.err);
  if (possible) {
    CHECK(up.status == 0);
    CHECK(folder.run("down").status == 0);
    return;
  }
  CHECK(up.status == 1);
  CHECK_THAT(up.err, Contains("this kernel cannot impair a network")
                         && Contains("modprobe sch_netem"));
  // Nothing of it is left.
  CHECK_FALSE(test::own_network::ip("link show grapevine"));
}

TEST_CASE("cluster: a port that is taken is said before anything begins",
          "[app]") {
  const folder_of_cluster folder;
  const folder_of_cluster first;
  const auto port = std::to_string(free_ports());
  REQUIRE(first.run("up", {"-n", "1", "--port", port, "--detach"}).status == 0);
  const auto second = folder.run("up", {"-n", "1", "--port", port, "--detach"});
  CHECK(second.status == 1);
  CHECK_THAT(second.err, Contains("the page cannot be at 127.0.0.1:" + port)
                             && Contains("--port"));
  CHECK_FALSE(std::filesystem::exists(folder.path() / "node-01"));
  CHECK(first.run("down").status == 0);
}

} // namespace
} // namespace grapevine::app
