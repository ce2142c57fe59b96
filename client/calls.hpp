#pragma once

#include "client/delivery_queue.hpp"
#include "client/delivery_thread.hpp"
#include "messages/api_types.hpp"

#include <spdlog/logger.h>

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>

namespace grapevine {

/// Calls a function with the messages of a queue.
class message_calls : public call_source {
public:
  using function = std::function<void(const message_delivered&)>;

  message_calls(const std::shared_ptr<delivery_thread>& thread,
                std::shared_ptr<delivery_queue> queue, function call,
                std::shared_ptr<spdlog::logger> log)
      : call_source{thread}, queue_{std::move(queue)}, call_{std::move(call)},
        log_{std::move(log)} {}

  bool call_some() override;

private:
  std::shared_ptr<delivery_queue> queue_;
  function call_;
  std::shared_ptr<spdlog::logger> log_;
};

/// Calls a function with events, whose number the node bounds by their tickets.
class event_calls : public call_source {
public:
  using function = std::function<void(const node_event&)>;

  event_calls(const std::shared_ptr<delivery_thread>& thread, function call,
              std::shared_ptr<spdlog::logger> log)
      : call_source{thread}, call_{std::move(call)}, log_{std::move(log)} {}

  void add(node_event event);
  bool call_some() override;

private:
  bool call_one();

  std::mutex mutex_;
  std::deque<node_event> waiting_;
  function call_;
  std::shared_ptr<spdlog::logger> log_;
};

} // namespace grapevine
