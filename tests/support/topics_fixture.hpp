#pragma once

#include "tests/support/node_fixture.hpp"
#include "tests/support/recorder.hpp"

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>

namespace grapevine::test {

/// So many bytes, whatever they say.
inline bytes data_of(std::size_t size) {
  return bytes(size, std::uint8_t{'x'});
}

/// A node whose cache answers what is published, and applications that
/// subscribe.
struct topics_fixture : node_fixture {
  explicit topics_fixture(
      const change& how = [](node_config&) {}, bool started = true)
      : node_fixture{how, started} {
    cache.answer<publish_own>(publish_receipt{{}, 7, true});
    cache.answer<publish_own_batch>(batch_receipt{{{{}, 7, true}}});
  }

  reply_ptr<publish_receipt> publish(const std::string& topic, bytes data,
                                     std::size_t min_peers = 0) {
    return ask_node<publish_receipt>(publish_message{
        topic, std::move(data), min_peers, std::chrono::seconds{3}});
  }

  caf::actor subscriber() {
    return subscribers_.emplace_back(system.sys()).actor();
  }

  void subscribe(const std::string& topic, const caf::actor& who,
                 bool batches = false) {
    say(subscribe_topic{topic, who, batches});
  }

  template <class Handle>
  void end(const Handle& who) {
    caf::anon_send_exit(who, caf::exit_reason::user_shutdown);
    run();
  }

  /// Who takes the topic's messages, as the cache was told last.
  const set_subscribers& told() {
    REQUIRE_FALSE(cache.all<set_subscribers>().empty());
    return cache.all<set_subscribers>().back();
  }

  reply_ptr<changed> relay(const std::string& topic, bool on = true) {
    return ask_node<changed>(relay_topic{topic, on});
  }

private:
  std::deque<recorder<message_delivered>> subscribers_;
};

} // namespace grapevine::test
