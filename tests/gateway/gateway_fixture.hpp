#pragma once

#include "gateway/attachment.hpp"
#include "gateway/network.hpp"
#include "tests/gateway/played_node.hpp"

#include <catch2/catch.hpp>

#include <condition_variable>
#include <functional>
#include <future>
#include <thread>

namespace grapevine::test {

/// An actor system with CAF's network.
struct network_system {
  explicit network_system(const std::optional<network_tls>& tls = std::nullopt)
      : config{[&] {
          auto cfg = std::make_unique<caf::actor_system_config>();
          use_network(*cfg, tls);
          return cfg;
        }()} {}

  std::unique_ptr<caf::actor_system_config> config;
  caf::actor_system sys{*config};
};

inline constexpr std::chrono::seconds patience{20};

/// Waits for what other threads bring about.
template <class Condition>
bool comes_about(Condition condition) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until)
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  return true;
}

/// A node that is played, and a gateway to it.
struct gateway_side {
  explicit gateway_side(gateway_options options = {},
                        const std::optional<network_tls>& tls = std::nullopt)
      : network{tls}, gateway{spawn_gateway(network.sys, node.actor(),
                                            std::move(options))} {
    const auto opened = publish_gateway(network.sys, gateway, "127.0.0.1", 0);
    REQUIRE(opened);
    port = *opened;
  }
  gateway_side(const gateway_side&) = delete;
  gateway_side& operator=(const gateway_side&) = delete;
  ~gateway_side() {
    close_gateway(network.sys, port);
    caf::anon_send_exit(gateway, caf::exit_reason::user_shutdown);
  }

  network_system network;
  played_node node{network.sys};
  gateway_actor gateway;
  std::uint16_t port = 0;
};

/// What an actor got, on any thread.
template <class T>
class collected {
public:
  void add(T value) {
    const std::lock_guard lock{mutex_};
    values_.push_back(std::move(value));
  }
  std::vector<T> all() const {
    const std::lock_guard lock{mutex_};
    return values_;
  }
  bool reaches(std::size_t count) const {
    return comes_about([&] { return all().size() >= count; });
  }

private:
  mutable std::mutex mutex_;
  std::vector<T> values_;
};

/// The application of another process.
struct remote_side {
  explicit remote_side(std::uint16_t port,
                       const std::optional<network_tls>& tls = std::nullopt)
      : network{tls} {
    attachment_options options;
    options.port = port;
    options.retry_min = std::chrono::milliseconds{20};
    options.retry_max = std::chrono::milliseconds{100};
    node = spawn_attachment(network.sys, options);
    subscriber = network.sys.spawn([got = messages]() -> caf::behavior {
      return {[got](const message_delivered& msg) { got->add(msg); },
              [got](const messages_delivered& batch) {
                for (const auto& msg : batch.msgs)
                  got->add(msg);
              }};
    });
    const auto watcher = network.sys.spawn([seen = states]() -> caf::behavior {
      return {[seen](const attachment_state& state) { seen->add(state); }};
    });
    tell_from_outside(node, watch_attachment{watcher});
    watchers.push_back(watcher);
  }
  remote_side(const remote_side&) = delete;
  remote_side& operator=(const remote_side&) = delete;
  ~remote_side() {
    caf::anon_send_exit(node, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(subscriber, caf::exit_reason::user_shutdown);
    for (const auto& one : watchers)
      caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
  }

  bool becomes(bool attached) const {
    return comes_about([&] {
      const auto seen = states->all();
      return !seen.empty() && seen.back().attached == attached;
    });
  }

  /// The answer, or its error's text.
  template <class Answer, class Handle, class Question>
  expected<Answer, std::string> ask(const Handle& who, Question question) {
    caf::scoped_actor self{network.sys};
    expected<Answer, std::string> result = unexpected<std::string>{"none"};
    grapevine::ask(self.ptr(), who, patience, std::move(question))
        .receive([&](Answer& answer) { result = std::move(answer); },
                 [&](const caf::error& why) {
                   result = unexpected{reason_of(why)};
                 });
    return result;
  }

  network_system network;
  attachment_actor node;
  caf::actor subscriber;
  std::shared_ptr<collected<message_delivered>> messages =
      std::make_shared<collected<message_delivered>>();
  std::shared_ptr<collected<attachment_state>> states =
      std::make_shared<collected<attachment_state>>();
  std::vector<caf::actor> watchers;
};

/// What the messages say.
inline std::vector<std::string>
texts(const std::vector<message_delivered>& msgs) {
  std::vector<std::string> result;
  for (const auto& one : msgs)
    result.emplace_back(as_text(one.msg->data()));
  return result;
}

} // namespace grapevine::test
