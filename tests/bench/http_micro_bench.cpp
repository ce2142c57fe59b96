// What the HTTP API costs: publishing on connections that are kept, and a
// topic's messages for those who read them as NDJSON. A whole node and real
// sockets; the time is that of all threads but the client's, so that items per
// second are per second and core.
#include "actors/node/node_parts.hpp"
#include "app/http/server.hpp"

#include <spdlog/sinks/null_sink.h>

#include <array>
#include <benchmark/benchmark.h>
#include <ctime>
#include <netinet/in.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <vector>

namespace grapevine::bench {
namespace {

namespace http = app::http;

constexpr std::size_t message_size = 1024;

double seconds_of(clockid_t which) {
  timespec time{};
  ::clock_gettime(which, &time);
  return static_cast<double>(time.tv_sec)
         + static_cast<double>(time.tv_nsec) * 1e-9;
}

double node_seconds() {
  return seconds_of(CLOCK_PROCESS_CPUTIME_ID)
         - seconds_of(CLOCK_THREAD_CPUTIME_ID);
}

node_config unsigned_node() {
  node_config result{
      libp2p::private_key::ed25519_from_seed(std::array<std::uint8_t, 32>{})};
  result.policy = gossip::signing_policy::strict_no_sign;
  // The number that each begins with.
  result.message_ids = gossip::message_ids{[](const proto::message_view& msg) {
    return std::string{as_text(msg.data.value_or(bytes_view{})).substr(0, 12)};
  }};
  result.listen = {};
  result.validators = 1;
  result.log = std::make_shared<spdlog::logger>(
      "none", std::make_shared<spdlog::sinks::null_sink_mt>());
  return result;
}

struct tuned_config : caf::actor_system_config {
  tuned_config() { tune_scheduler(*this); }
};

/// A node with its API.
class served_node {
public:
  served_node() {
    node_parts parts;
    parts.reactor = [this](caf::actor_system& sys) {
      return reactor_ = spawn_reactor(sys);
    };
    node_ = node_actor{spawn_node(sys_, unsigned_node(), parts)};
    get<node_started>(start_node{});
    app::api_address where;
    where.what = app::api_address::kind::tcp;
    where.ip = *libp2p::ip_address::from_text("127.0.0.1");
    auto socket = http::listen_at(where);
    if (!socket)
      throw std::runtime_error{socket.error().reason};
    port_ = socket->where.port;
    server_ = http::spawn_server(
        sys_, reactor_, std::move(*socket),
        std::make_shared<http::api>(http::api_options{node_}),
        unsigned_node().log);
  }

  ~served_node() {
    tell_from_outside(server_, close_transport{});
    get<node_stopped>(stop_node{});
  }
  served_node(const served_node&) = delete;
  served_node& operator=(const served_node&) = delete;

  template <class Answer, class Question>
  void get(Question question) {
    ask(self_.ptr(), node_, std::chrono::seconds{20}, std::move(question))
        .receive([](const Answer&) {},
                 [](const caf::error& why) {
                   throw std::runtime_error{reason_of(why)};
                 });
  }

  std::uint16_t port() const noexcept { return port_; }

private:
  tuned_config config_;
  caf::actor_system sys_{config_};
  caf::scoped_actor self_{sys_};
  std::shared_ptr<reactor_link> reactor_;
  node_actor node_;
  http::server_actor server_;
  std::uint16_t port_ = 0;
};

/// A client that counts what it is sent.
class counting_client {
public:
  explicit counting_client(std::uint16_t port)
      : fd_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address),
                  sizeof(address))
        != 0)
      throw std::runtime_error{"cannot connect"};
  }

  void say(std::string_view text) const {
    while (!text.empty()) {
      const auto sent =
          ::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0)
        throw std::runtime_error{"the server takes nothing"};
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  /// Waits for so many occurrences of `mark`, of which none is cut in two
  /// unseen.
  void await(std::string_view mark, std::size_t count) {
    static std::array<char, std::size_t{1024} * 1024> buffer;
    while (count > 0) {
      const auto got = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
      if (got <= 0)
        throw std::runtime_error{"the server has closed"};
      tail_.append(buffer.data(), static_cast<std::size_t>(got));
      std::size_t from = 0;
      for (auto at = tail_.find(mark); at != std::string::npos;
           at = tail_.find(mark, from)) {
        from = at + mark.size();
        --count;
      }
      tail_.erase(
          0, std::max(from,
                      tail_.size() - std::min(tail_.size(), mark.size() - 1)));
    }
  }

private:
  unique_fd fd_;
  std::string tail_;
};

std::vector<counting_client> clients_of(const served_node& node,
                                        std::int64_t count) {
  std::vector<counting_client> all;
  for (std::int64_t i = 0; i < count; ++i)
    all.emplace_back(node.port());
  return all;
}

/// Data that no other message has, so that none is a duplicate.
std::string next_data() {
  static std::uint64_t number = 0;
  auto data = std::to_string(++number);
  data.resize(message_size, 'm');
  return data;
}

void http_publish(benchmark::State& state) {
  const served_node node;
  auto clients = clients_of(node, state.range(0));
  const auto at_once = static_cast<std::size_t>(state.range(1));
  const std::string head =
      "POST /api/v1/publish?topic=t HTTP/1.1\r\nHost: localhost\r\n"
      "User-Agent: bench\r\nAccept: */*\r\nContent-Length: "
      + std::to_string(message_size) + "\r\n\r\n";
  for (auto _ : state) {
    const auto before = node_seconds();
    for (const auto& one : clients) {
      std::string requests;
      for (std::size_t i = 0; i < at_once; ++i)
        requests += head + next_data();
      one.say(requests);
    }
    for (auto& one : clients)
      one.await("HTTP/1.1 200", at_once);
    state.SetIterationTime(node_seconds() - before);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0) * state.range(1));
}
BENCHMARK(http_publish)
    ->ArgNames({"clients", "pipelined"})
    ->Args({1, 1})
    ->Args({8, 1})
    ->Args({1, 16})
    ->Args({8, 16})
    ->UseManualTime()
    ->MinTime(1);

void http_subscribe(benchmark::State& state) {
  served_node node;
  auto clients = clients_of(node, state.range(0));
  for (auto& one : clients) {
    one.say("GET /api/v1/subscribe?topic=t HTTP/1.1\r\nHost: localhost\r\n"
            "Accept: application/x-ndjson\r\n\r\n");
    one.await("\r\n\r\n", 1);
  }
  // All of a batch has room at each client.
  constexpr std::size_t batch = 64;
  for (auto _ : state) {
    publish_batch all{"t", {}};
    for (std::size_t i = 0; i < batch; ++i)
      all.data.push_back(to_bytes(as_bytes(next_data())));
    const auto before = node_seconds();
    node.get<batch_receipt>(std::move(all));
    for (auto& one : clients)
      one.await("{\"topic\"", batch);
    state.SetIterationTime(node_seconds() - before);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0)
                          * static_cast<std::int64_t>(batch));
}
BENCHMARK(http_subscribe)
    ->ArgName("clients")
    ->Arg(1)
    ->Arg(8)
    ->Arg(32)
    ->UseManualTime()
    ->MinTime(1);

} // namespace
} // namespace grapevine::bench
