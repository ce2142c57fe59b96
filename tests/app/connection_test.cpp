#include "actors/host/socket.hpp"
#include "tests/app/program_fixture.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>

namespace grapevine::app {
namespace {

using Catch::Contains;
using namespace std::chrono_literals;

void check_refused(const words& arguments, const std::string& says) {
  const auto ended = run_program(arguments);
  CHECK(ended.status == 2);
  CHECK(ended.out.empty());
  CHECK_THAT(ended.err, Contains(says));
}

TEST_CASE("addresses: what cannot be dialled as it asks to be is an error at "
          "once",
          "[app]") {
  const std::string peer =
      "/p2p/12D3KooWKuSSSYsj75nHgPU5o9SXJS5CWA6L5zhmrquFcXE6H78q";
  struct {
    std::string address;
    std::string part;
  } const known[] = {
      {"/dns4/localhost/tcp/443/wss", "/wss"},
      {"/dns4/localhost/tcp/80/ws", "/ws"},
      {"/dns4/localhost/tcp/443/tls/ws", "/tls"},
      {"/ip4/127.0.0.1/udp/4001/quic-v1", "/udp"},
      {"/ip4/127.0.0.1/udp/4001/quic-v1/webtransport", "/udp"},
      {"/ip4/127.0.0.1/tcp/4001" + peer + "/p2p-circuit", "/p2p-circuit"}};
  for (const auto& one : known) {
    const auto text = one.address + peer;
    INFO(text);
    const auto why = "\"" + text + "\": " + one.part + " is not supported";
    check_refused({"ping", text}, "ADDR: " + why);
    check_refused({"pub", "t", "--message", "m", "--peer", text},
                  "--peer: " + why);
    check_refused({"sub", "t", "--peer", text}, "--peer: " + why);
    check_refused({"run", "--peer", text}, "--peer: " + why);
    check_refused({"run", "--direct-peer", text}, "--direct-peer: " + why);
  }
  check_refused({"run", "--peer", "/dnsaddr/example.org/tcp/1"},
                "behind /dnsaddr and its name there may be nothing but "
                "/p2p/ID");
}

TEST_CASE("connections: bounds of nothing at all are an error", "[app]") {
  for (const auto* option : {"--max-peers-per-address", "--max-handshakes",
                             "--max-handshakes-per-address",
                             "--connections-per-second", "--peers-per-name"})
    check_refused({"run", option, "0"},
                  std::string{option} + ": \"0\": must be at least 1");
}

// What is read of a process with so few descriptors.
struct small_node {
  explicit small_node(const words& options)
      : process{command(options), folder / "stderr"} {
    std::string line;
    REQUIRE(process.read_line(line, until()) == support::read_status::line);
    address = line.substr(line.find('/'));
  }

  static words command(const words& options) {
    words result{
        "/bin/bash",           "-c",  R"(ulimit -n 100; exec "$0" "$@")",
        GRAPEVINE_PATH,        "run", "--listen",
        "/ip4/127.0.0.1/tcp/0"};
    result.insert(result.end(), options.begin(), options.end());
    return result;
  }

  static support::deadline until() {
    return std::chrono::steady_clock::now() + patience;
  }

  std::string errors() const {
    std::ifstream in{folder / "stderr"};
    return {std::istreambuf_iterator<char>{in}, {}};
  }

  std::ptrdiff_t descriptors() const {
    const auto open = "/proc/" + std::to_string(process.id()) + "/fd";
    return std::distance(std::filesystem::directory_iterator{open}, {});
  }

  temporary_folder folder;
  support::process process;
  std::string address;
};

TEST_CASE("connections: running out of descriptors leaves some for dials, and "
          "says so",
          "[app]") {
  const temporary_folder folder;
  const auto later = loopback(free_port());
  small_node node{{"--identity", (folder / "key").string(), "--peer", later,
                   "--redial-max", "1s", "--log-level", "info"}};
  CHECK_THAT(node.errors(), Contains("at most 68 peers instead of 10000"));
  const auto where =
      endpoint::of(libp2p::multiaddr::from_text(node.address).value()).value();
  std::vector<unique_fd> silent;
  const auto until = small_node::until();
  // They come again and again, and take all that they can get.
  const auto flood = [&] {
    std::array<std::uint8_t, 256> buffer;
    std::erase_if(silent, [&](const unique_fd& fd) {
      const auto got = read_some(fd.get(), buffer);
      return got.status == io_status::end || got.status == io_status::failed;
    });
    while (silent.size() < 150)
      if (auto fd = start_connect(where))
        silent.push_back(std::move(*fd));
  };
  while (node.errors().find("too few free descriptors") == std::string::npos) {
    REQUIRE(std::chrono::steady_clock::now() < until);
    flood();
  }
  CHECK(node.descriptors() <= 100 - 16 + 1);
  program target{{"run", "--listen", later}};
  target.line();
  while (node.errors().find("direction=outbound") == std::string::npos) {
    REQUIRE(std::chrono::steady_clock::now() < until);
    flood();
  }
}

} // namespace
} // namespace grapevine::app
