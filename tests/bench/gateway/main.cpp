// Deliveries through a gateway to an application of another process, over
// loopback: how many a second, and how much CPU each side takes for one. Beside
// it what plain CAF makes of the same: each message by itself from an actor of
// one process to one of another, with nothing that bounds what waits.
//
//   gateway_bench [gateway|single|plain] [bytes] [seconds] [folder]
//
// By TLS with the folder's root.pem, node.pem and node.key.
#include "gateway/attachment.hpp"
#include "gateway/network.hpp"
#include "tests/gateway/played_node.hpp"

#include <caf/io/all.hpp>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace grapevine;
using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

namespace {

struct bench {
  std::string what = "gateway";
  std::size_t size = 1024;
  std::chrono::seconds duration{5};
  std::optional<network_tls> tls;
};

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

using counter = std::shared_ptr<std::atomic<std::uint64_t>>;

caf::behavior reader(const counter& got) {
  return {
      [got](const message_delivered&) { ++*got; },
      [got](const messages_delivered& batch) { *got += batch.msgs.size(); }};
}

// The process that reads, until it is killed by who has begun it.
[[noreturn]] void be_reader(const bench& how, std::uint16_t port, int report) {
  caf::actor_system_config cfg;
  use_network(cfg, how.tls);
  tune_scheduler(cfg);
  caf::actor_system sys{cfg};
  const auto got = std::make_shared<std::atomic<std::uint64_t>>(0);
  const auto subscriber = sys.spawn(reader, got);
  attachment_options options;
  options.port = port;
  // Whoever has no handle of it ends it.
  attachment_actor node;
  if (how.what == "plain") {
    const auto far =
        sys.middleman().remote_actor<caf::actor>("127.0.0.1", port);
    if (!far)
      std::_Exit(2);
    tell_from_outside(*far, unsubscribe_topic{"bench", subscriber});
  } else {
    node = spawn_attachment(sys, options);
    tell_from_outside(
        node, subscribe_topic{"bench", subscriber, how.what == "gateway"});
  }
  while (got->load() == 0)
    std::this_thread::sleep_for(1ms);
  const auto begin = clock_type::now();
  const auto first = got->load();
  const auto cpu = cpu_seconds();
  std::this_thread::sleep_for(how.duration);
  const std::chrono::duration<double> took = clock_type::now() - begin;
  const auto count = static_cast<double>(got->load() - first);
  std::string line(256, '\0');
  line.resize(static_cast<std::size_t>(std::snprintf(
      line.data(), line.size(), "%.0f deliveries/s, reader %.2f us CPU each",
      count / took.count(), 1e6 * (cpu_seconds() - cpu) / count)));
  if (write(report, line.data(), line.size()) < 0)
    std::_Exit(3);
  // Until the other side has measured, too.
  std::this_thread::sleep_for(4s);
  std::_Exit(0);
}

// Plain CAF: sends to whoever has asked.
caf::behavior plain(const std::shared_ptr<caf::actor>& to,
                    const std::shared_ptr<std::atomic<bool>>& there) {
  return {[=](const unsubscribe_topic& msg) {
    *to = msg.subscriber;
    *there = true;
  }};
}

class sender {
public:
  sender(const bench& how, caf::actor_system& sys)
      : how_{how}, sys_{sys}, msg_{test::message_of(
                                  "bench", std::string(how.size, 'x'))} {}

  // In batches as a node that is busy has them, as long as they find room.
  void feed(const test::played_node& node) {
    const auto gauge = std::make_shared<load_gauge>();
    while (node.subscribers("bench").empty())
      std::this_thread::sleep_for(1ms);
    const auto to = node.subscribers("bench").front();
    run([&] {
      if (gauge->messages() > 4096)
        return false;
      messages_delivered batch;
      for (int i = 0; i < 64; ++i) {
        batch.msgs.push_back(message_delivered{msg_, {}, {}, 0, {}, {}});
        batch.msgs.back().ticket = load_ticket{gauge, 1, how_.size};
      }
      sent_ += batch.msgs.size();
      tell_from_outside(to, std::move(batch));
      return true;
    });
  }

  // Nothing says how much waits: no faster than is written, or it would grow.
  void feed_plain(const caf::actor& to) {
    run([&] {
      for (int i = 0; i < 8; ++i)
        tell_from_outside(to, message_delivered{msg_, {}, {}, 0, {}, {}});
      sent_ += 8;
      std::this_thread::sleep_for(200us);
      return true;
    });
  }

private:
  template <class Step>
  void run(Step step) {
    const auto end = clock_type::now() + how_.duration + 1s;
    const auto cpu = cpu_seconds();
    while (clock_type::now() < end)
      if (!step())
        std::this_thread::sleep_for(100us);
    std::printf("sender %.2f us CPU each of %llu\n",
                1e6 * (cpu_seconds() - cpu) / static_cast<double>(sent_),
                static_cast<unsigned long long>(sent_));
  }

  const bench& how_;
  caf::actor_system& sys_;
  gossip::message_ptr msg_;
  std::uint64_t sent_ = 0;
};

int run(const bench& how) {
  int ports[2];
  int reports[2];
  if (pipe(ports) != 0 || pipe(reports) != 0)
    return 1;
  const auto child = fork();
  if (child == 0) {
    std::uint16_t port = 0;
    if (::read(ports[0], &port, sizeof(port)) != sizeof(port))
      std::_Exit(1);
    be_reader(how, port, reports[1]);
  }
  caf::actor_system_config cfg;
  use_network(cfg, how.tls);
  tune_scheduler(cfg);
  caf::actor_system sys{cfg};
  test::played_node node{sys};
  gateway_options options;
  options.max_waiting_messages = 1 << 20;
  const auto gateway = spawn_gateway(sys, node.actor(), options);
  const auto to = std::make_shared<caf::actor>();
  const auto there = std::make_shared<std::atomic<bool>>(false);
  const auto far = sys.spawn(plain, to, there);
  const auto port = how.what == "plain"
                        ? *sys.middleman().publish(far, 0, "127.0.0.1", true)
                        : *publish_gateway(sys, gateway, "127.0.0.1", 0);
  if (write(ports[1], &port, sizeof(port)) != sizeof(port))
    return 1;
  sender from{how, sys};
  if (how.what == "plain") {
    while (!*there)
      std::this_thread::sleep_for(1ms);
    from.feed_plain(*to);
  } else {
    from.feed(node);
  }
  std::string line(256, '\0');
  const auto size = ::read(reports[0], line.data(), line.size());
  std::printf("%s, %zu bytes: %.*s\n", how.what.c_str(), how.size,
              static_cast<int>(size), line.data());
  waitpid(child, nullptr, 0);
  caf::anon_send_exit(gateway, caf::exit_reason::kill);
  caf::anon_send_exit(far, caf::exit_reason::kill);
  std::fflush(stdout);
  std::_Exit(0);
}

} // namespace

int main(int argc, char** argv) {
  bench how;
  if (argc > 1)
    how.what = argv[1];
  if (argc > 2)
    how.size = std::strtoul(argv[2], nullptr, 10);
  if (argc > 3)
    how.duration = std::chrono::seconds{std::strtol(argv[3], nullptr, 10)};
  if (argc > 4) {
    const std::string folder = argv[4];
    how.tls = network_tls{folder + "/root.pem", folder + "/node.pem",
                          folder + "/node.key"};
  }
  return run(how);
}
