// What becomes of messages for an actor that does not keep up: at most so many
// wait for it, and either the newest or the oldest of them are dropped, which
// the next one that comes says; or it asks for as many as it wants, as a flow.
//
//     slow_subscriber
#include <cstdint>
#include <cstdlib>
#include <grapevine/actors/node_handle.hpp>
#include <grapevine/messages/init.hpp>
#include <grapevine/messages/topic.hpp>
#include <iostream>
#include <string>
#include <utility>

using namespace grapevine;

namespace {

[[noreturn]] void fail(const caf::error& why) {
  std::cerr << reason_of(why) << '\n';
  std::exit(1);
}

// A thread's view of a topic: what was sent to it waits until it is taken.
class reader {
public:
  reader(caf::actor_system& system, const topic& prices)
      : prices_{prices}, self_{system} {}
  reader(const reader&) = delete;
  reader& operator=(const reader&) = delete;
  ~reader() {
    prices_.unsubscribe(self_).receive([](changed) {}, fail);
  }

  void subscribe(const delivery_options& how) {
    prices_.subscribe(self_, how).receive([](changed) {}, fail);
  }

  // Each once the one before was published.
  void publish(int first, int last) {
    for (int i = first; i <= last; ++i)
      prices_.publish(self_, to_bytes(as_bytes(std::to_string(i))))
          .receive([](const publish_receipt&) {}, fail);
  }

  void ask_for(std::size_t count) {
    prices_.request(self_, count).receive([](changed) {}, fail);
  }

  // The next message's number, and how many are missing before it.
  std::pair<int, std::uint64_t> next() {
    std::pair<int, std::uint64_t> result;
    self_->receive([&](const message_delivered& got) {
      result = {std::atoi(to_string(got.msg->data()).c_str()), got.missed};
    });
    if (result.second > 0)
      std::cout << "  " << result.second << " missed\n";
    std::cout << "  " << result.first << '\n';
    return result;
  }

private:
  topic prices_;
  caf::scoped_actor self_;
};

bool drops_the_newest(caf::actor_system& system, const topic& prices) {
  std::cout << "at most 3 wait, the newest are dropped:\n";
  reader slow{system, prices};
  delivery_options how;
  how.max_messages = 3;
  slow.subscribe(how);
  slow.publish(1, 100);
  for (int i = 1; i <= 3; ++i)
    if (slow.next() != std::pair{i, std::uint64_t{0}})
      return false;
  slow.publish(101, 101);
  return slow.next() == std::pair{101, std::uint64_t{97}};
}

bool drops_the_oldest(caf::actor_system& system, const topic& prices) {
  std::cout << "at most 4 wait, the oldest are dropped:\n";
  reader slow{system, prices};
  delivery_options how;
  how.max_messages = 4;
  how.when_full = overflow::drop_oldest;
  slow.subscribe(how);
  slow.publish(1, 100);
  // A few are sent ahead, and cannot be dropped any more: here the first.
  std::uint64_t came = 0;
  std::uint64_t missed = 0;
  for (int last = 0; last != 100; ++came) {
    const auto [number, before] = slow.next();
    last = number;
    missed += before;
  }
  return came + missed == 100 && missed > 90;
}

bool asks_for_more(caf::actor_system& system, const topic& prices) {
  std::cout << "as many as are asked for:\n";
  reader slow{system, prices};
  delivery_options how;
  how.on_request = true;
  slow.subscribe(how);
  slow.publish(1, 6);
  for (int i = 1; i <= 6; i += 2) {
    std::cout << " two, please\n";
    slow.ask_for(2);
    if (slow.next().first != i || slow.next().first != i + 1)
      return false;
  }
  return true;
}

} // namespace

int main() {
  init_global_meta_objects();
  caf::actor_system_config config;
  tune_scheduler(config);
  caf::actor_system system{config};
  node_handle node{system, node_config{libp2p::private_key::generate()}};
  if (const auto up = node.start(); !up)
    fail(up.error());
  const topic prices{node.actor(), "prices"};
  return drops_the_newest(system, prices) && drops_the_oldest(system, prices)
                 && asks_for_more(system, prices)
             ? 0
             : 1;
}
