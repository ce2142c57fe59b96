#pragma once

#include "client/client_options.hpp"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>

namespace grapevine {

/// Hands the log's lines to a function of the application's, until it is
/// closed.
class function_sink : public spdlog::sinks::base_sink<std::mutex> {
public:
  using function = std::function<void(client_log_level, std::string_view)>;

  explicit function_sink(function line) : line_{std::move(line)} {}

  /// The function is called no more.
  void close();

private:
  void sink_it_(const spdlog::details::log_msg& msg) override;
  void flush_() override {}

  function line_;
};

/// Where a client logs to, and what of it is the application's; null if nothing
/// is.
struct client_log {
  std::shared_ptr<spdlog::logger> logger;
  std::shared_ptr<function_sink> sink;
};

client_log make_client_log(const client_options& options);

} // namespace grapevine
