#pragma once

#include "app/http/client_stream.hpp"
#include "app/http/guard.hpp"
#include "app/http/messages.hpp"
#include "app/http/session.hpp"
#include "app/http/target.hpp"
#include "gossip/mesh/subscription_filter.hpp"

#include <spdlog/logger.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace grapevine::app::http {

/// A request that is to be answered, by the actor of its connection, in one of
/// its turns. Kept for as long as the answer takes.
struct call {
  connection_actor::pointer self;
  server_actor server;
  request asked;
  target where;
  /// Nothing happens if the connection has ended meanwhile.
  std::function<void(const response&)> answer;
  /// Answers with a stream: what comes as `stream_news` from now on. It ends
  /// with its source, if it has one.
  std::function<void(stream_form form, const caf::actor& source)> begin_stream;
};

using call_ptr = std::shared_ptr<const call>;

/// What the API is about.
struct api_options {
  node_actor node;
  guard::options who{};
  /// Of one message.
  std::size_t max_message_size = std::size_t{1024} * 1024;
  /// Bytes that may wait for each client of a stream.
  std::size_t stream_buffer = client_stream::default_waiting;
  /// Without so many peers the node is not ready; and without so many in the
  /// mesh of each of its topics.
  std::size_t ready_peers = 0;
  std::size_t ready_mesh = 0;
  std::string agent{};
  std::chrono::system_clock::time_point started{};
  /// Which topics are possible.
  gossip::subscription_filter filter{};
  /// Of which the level can be changed.
  std::shared_ptr<spdlog::logger> log{};
};

/// What can be asked for: a table of paths, each with what answers it. Shared
/// by all connections, and never changed.
class api {
public:
  explicit api(api_options o);

  /// What becomes of a request, as far as its head tells.
  admission admit(const request& head) const;

  /// Sees to it that the request is answered, now or later. `one` lacks its
  /// target.
  void handle(call one) const;

  /// The paths but those of the live page, each with its method, as in `GET
  /// /healthz`.
  static std::vector<std::string> routes();

  const api_options& options() const noexcept { return options_; }

private:
  api_options options_;
  guard guard_;
};

using api_ptr = std::shared_ptr<const api>;

} // namespace grapevine::app::http
