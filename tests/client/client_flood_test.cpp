#include "tests/client/client_network.hpp"

#include <algorithm>
#include <deque>
#include <thread>

using namespace grapevine;
using namespace grapevine::test;

namespace {

constexpr int messages = 100'000;
constexpr int batch_size = 500;

// In batches, each once the one before was taken.
void publish_all(client& from, const std::string& topic) {
  for (int first = 0; first < messages; first += batch_size) {
    std::vector<bytes> batch;
    for (int i = 0; i < batch_size; ++i)
      batch.push_back(bytes_of(std::to_string(first + i)));
    value_of(from.publish_batch(topic, std::move(batch)).get());
  }
}

} // namespace

TEST_CASE("two clients exchange 100,000 messages", "[client][flood]") {
  auto first = numbered_options(1);
  auto second = numbered_options(2);
  for (auto* one : {&first, &second}) {
    // Not what is tested, and slow with sanitizers.
    one->policy = gossip::signing_policy::strict_no_sign;
    // Nothing may be dropped on the way to a peer that reads more slowly.
    one->send_queue_messages = messages;
    one->send_queue_bytes = std::size_t{256} << 20;
    one->max_queued_bytes = std::size_t{512} << 20;
  }
  two_clients f{std::move(first), std::move(second)};
  queue_options all;
  all.max_messages = messages;
  all.max_bytes = std::size_t{256} << 20;
  auto news = value_of(f.b.subscribe("news", all));
  f.await("news");
  std::thread publisher{[&] { publish_all(f.a, "news"); }};
  std::vector<bool> seen(messages);
  int count = 0;
  while (count < messages) {
    const auto next = news.pop_for(patience);
    if (!next)
      break;
    const auto number =
        static_cast<std::size_t>(std::stoi(to_string(next->msg->data())));
    count += seen.at(number) ? 0 : 1;
    seen.at(number) = true;
  }
  publisher.join();
  CHECK(count == messages);
  CHECK(news.missed() == 0);
}
