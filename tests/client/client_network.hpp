#pragma once

#include "client/client.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <future>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace grapevine::test {

using namespace std::chrono_literals;

/// How long a test waits for what must come.
inline constexpr std::chrono::seconds patience{20};

inline bytes bytes_of(std::string_view text) {
  return to_bytes(as_bytes(text));
}

/// Options of a client that listens on a free port of the loopback interface;
/// the same number gives the same identity.
inline client_options numbered_options(std::uint8_t number) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(number);
  client_options result;
  result.identity = libp2p::private_key::ed25519_from_seed(seed);
  result.listen = {*libp2p::multiaddr::from_text("/ip4/127.0.0.1/tcp/0")};
  result.validators = 1;
  result.log = [](client_log_level, std::string_view) {};
  return result;
}

/// A client that runs.
inline client started(client_options options) {
  auto result = client::start(std::move(options));
  if (!result)
    FAIL(result.error().text);
  return *std::move(result);
}

/// The value that there must be.
template <class T>
T value_of(client_result<T> result) {
  if (!result)
    FAIL(result.error().text);
  return *std::move(result);
}

inline void succeed(const client_result<void>& result) {
  if (!result)
    FAIL(result.error().text);
}

/// Two clients that are connected.
struct two_clients {
  explicit two_clients(client_options first = numbered_options(1),
                       client_options second = numbered_options(2))
      : a{started(std::move(first))}, b{started(std::move(second))} {
    value_of(a.connect(b.addresses().at(0)));
  }

  /// Until a message of `a` to the topic would go to `b`.
  void await(const std::string& topic) {
    REQUIRE(value_of(a.await_peers(topic, 1, patience)) == 1);
  }

  client a;
  client b;
};

/// Set by one thread, awaited by another one.
class moment {
public:
  void set() {
    if (!set_.exchange(true))
      promise_.set_value();
  }
  bool is_set() const { return set_; }
  bool wait() {
    return future_.wait_for(patience) == std::future_status::ready;
  }

private:
  std::atomic<bool> set_ = false;
  std::promise<void> promise_;
  std::future<void> future_ = promise_.get_future();
};

} // namespace grapevine::test
