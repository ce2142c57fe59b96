#pragma once

#include "app/http/server.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/node_network.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace grapevine::test {

namespace http = grapevine::app::http;

inline http::server_limits hurried() {
  http::server_limits limits;
  limits.connections = {40, 30};
  limits.each.head_time = std::chrono::milliseconds{200};
  limits.each.body_time = std::chrono::milliseconds{300};
  limits.each.idle_time = std::chrono::milliseconds{400};
  limits.each.write_time = std::chrono::milliseconds{300};
  limits.each.linger_time = std::chrono::milliseconds{100};
  return limits;
}

/// A node with its API, whose clients have little time and little room.
struct http_attack {
  explicit http_attack(const http::server_limits& limits = hurried(),
                       const http::tls_context& tls = {}) {
    node_parts parts;
    parts.reactor = [this](caf::actor_system& sys) {
      return reactor = spawn_reactor(sys);
    };
    node = net.start(node_network::config(1), parts);
    app::api_address where;
    where.what = app::api_address::kind::tcp;
    where.ip = *libp2p::ip_address::from_text("127.0.0.1");
    auto socket = http::listen_at(where);
    REQUIRE(socket);
    port = socket->where.port;
    http::api_options options{node.actor};
    options.stream_buffer = std::size_t{256} * 1024;
    server = http::spawn_server(net.system(), reactor, std::move(*socket),
                                std::make_shared<http::api>(std::move(options)),
                                node_network::config(1).log, limits, tls);
  }

  ~http_attack() { tell_from_outside(server, close_transport{}); }

  http_client connect() const { return http_client{port}; }

  void check_served() const {
    auto honest = connect();
    CHECK(honest.ask("GET", "/healthz").status == 200);
  }

  std::vector<http_client> many(int count,
                                const std::string& words = {}) const {
    std::vector<http_client> all;
    for (int i = 0; i < count; ++i) {
      all.push_back(connect());
      (void)all.back().say(words);
    }
    return all;
  }

  node_network net;
  std::shared_ptr<reactor_link> reactor;
  node_network::running_node node;
  std::uint16_t port = 0;
  http::server_actor server;
};

} // namespace grapevine::test
