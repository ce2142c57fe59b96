#include "gossip/stream/send_queue.hpp"
#include "tests/support/messages.hpp"

#include <catch2/catch.hpp>

#include <memory>

// What waits for all peers of a node.

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

namespace {

constexpr std::size_t kib = 1024;

message_ptr sized(const std::string& name, std::size_t size) {
  return message_named(name, "t", std::string(size, 'x'));
}

// Queues of one node, with a budget of 1 MiB.
struct budget_fixture {
  std::unique_ptr<send_queue> queue() {
    send_queue_options options;
    options.budget = &budget;
    return std::make_unique<send_queue>(options);
  }

  // What was dropped at the end of a turn.
  static std::size_t settle(send_queue& queue) {
    std::vector<message_ptr> dropped;
    queue.settle(dropped);
    return dropped.size();
  }

  // Uses up so much of it.
  void fill(std::size_t bytes) { budget.add(bytes); }

  byte_budget budget{1024 * kib};
};

} // namespace

TEST_CASE("send_queue budget: what leaves in the same turn is not counted",
          "[gossip][send_queue][budget]") {
  budget_fixture f;
  const auto queue = f.queue();
  queue->push_message(sized("a", 1000));
  queue->next_frame();
  budget_fixture::settle(*queue);
  CHECK(f.budget.used() == 0);
}

TEST_CASE("send_queue budget: what several queues share is counted once, until "
          "it has left the last",
          "[gossip][send_queue][budget]") {
  budget_fixture f;
  const auto one = f.queue();
  const auto other = f.queue();
  const auto msg = sized("a", 1000);
  one->push_message(msg);
  other->push_answer(message_ptr{msg});
  budget_fixture::settle(*one);
  budget_fixture::settle(*other);
  budget_fixture::settle(*one);
  CHECK(f.budget.used() == msg->frame().size());
  one->next_frame();
  budget_fixture::settle(*one);
  CHECK(f.budget.used() == msg->frame().size());
  SECTION("sent") {
    other->next_frame();
  }
  SECTION("cancelled") {
    const std::vector<message_id> ids{message_id{"a"}};
    CHECK(other->cancel(ids) == 1);
  }
  SECTION("forgotten") {
    other->clear();
  }
  budget_fixture::settle(*other);
  CHECK(f.budget.used() == 0);
}

TEST_CASE("send_queue budget: cancelling gives back what was counted alone",
          "[gossip][send_queue][budget]") {
  budget_fixture f;
  const auto queue = f.queue();
  queue->push_message(sized("a", 1000));
  queue->push_message(sized("b", 1000));
  budget_fixture::settle(*queue);
  const auto both = f.budget.used();
  queue->push_message(sized("c", 1000));
  const std::vector<message_id> ids{message_id{"b"}, message_id{"c"}};
  CHECK(queue->cancel(ids) == 2);
  CHECK(f.budget.used() == both / 2);
  queue->next_frame();
  CHECK(f.budget.used() == 0);
}

TEST_CASE("send_queue budget: control, gossip and partial messages count, and "
          "all returns with the queue",
          "[gossip][send_queue][budget]") {
  budget_fixture f;
  auto queue = f.queue();
  queue->push_graft("topic");
  const std::vector<std::string> ids{"id"};
  queue->push_ihave("t", ids);
  queue->push_partial(std::make_shared<const bytes>(bytes(100)));
  queue->push_message(sized("a", 1000));
  budget_fixture::settle(*queue);
  CHECK(f.budget.used() == queue->bytes_waiting());
  queue.reset();
  CHECK(f.budget.used() == 0);
}

TEST_CASE("send_queue budget: from half of it on answers and gossip are "
          "refused, but for a share",
          "[gossip][send_queue][budget]") {
  budget_fixture f;
  f.fill(600 * kib);
  const auto queue = f.queue();
  for (int i = 0; i < 5; ++i) {
    queue->push_answer(sized(std::to_string(i), 100 * kib));
    queue->push_message(sized("p" + std::to_string(i), 10 * kib));
  }
  CHECK(budget_fixture::settle(*queue) == 0);
  CHECK(queue->size(lane::answer).items == 2);
  CHECK(queue->size(lane::payload).items == 5);
  CHECK(queue->dropped(lane::answer) == 3);
  CHECK(queue->push_answer(sized("5", 100 * kib)) == push_result::full);
  CHECK(queue->push_message(sized("p5", 10 * kib)) == push_result::queued);
  const std::vector<std::string> many(1000, "id");
  CHECK(queue->push_ihave("t", many) == push_result::full);
  CHECK(queue->size(lane::gossip).items == limits::lane_share_ids);
}

TEST_CASE("send_queue budget: when it is used up all messages are refused, but "
          "for each peer's share, and the newest are dropped",
          "[gossip][send_queue][budget]") {
  budget_fixture f;
  f.fill(1024 * kib);
  const auto queue = f.queue();
  for (int i = 0; i < 5; ++i)
    queue->push_message(sized(std::to_string(i), 100 * kib));
  std::vector<message_ptr> dropped;
  queue->settle(dropped);
  REQUIRE(dropped.size() == 3);
  CHECK(dropped[0]->id().raw() == "4");
  CHECK(queue->dropped(lane::payload) == 3);
  CHECK(queue->push_message(sized("5", 100 * kib)) == push_result::full);
  CHECK(queue->push_message(sized("6", 10 * kib)) == push_result::queued);
  // Control always has its place.
  CHECK(queue->push_graft("t") == push_result::queued);
}

TEST_CASE("send_queue budget: who takes all in its turn is refused nothing",
          "[gossip][send_queue][budget]") {
  budget_fixture f;
  f.fill(1024 * kib);
  const auto queue = f.queue();
  for (int turn = 0; turn < 3; ++turn) {
    for (int i = 0; i < 5; ++i)
      CHECK(queue->push_message(sized(std::to_string(i), 100 * kib))
            == push_result::queued);
    while (queue->next_frame()) {
    }
    CHECK(budget_fixture::settle(*queue) == 0);
  }
  CHECK(f.budget.used() == 1024 * kib);
}

TEST_CASE("send_queue budget: one message of any size may always wait",
          "[gossip][send_queue][budget]") {
  budget_fixture f;
  f.fill(1024 * kib);
  const auto queue = f.queue();
  CHECK(queue->push_message(sized("large", 900 * kib)) == push_result::queued);
  CHECK(budget_fixture::settle(*queue) == 0);
  CHECK(queue->size(lane::payload).items == 1);
}
