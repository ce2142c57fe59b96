#pragma once

#include "actors/context.hpp"

#include <spdlog/sinks/ringbuffer_sink.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace grapevine::test {

/// What a node's actors log, of all levels.
class log_lines {
public:
  /// Makes the actors that share a context log here.
  std::function<void(node_context&)> into() const {
    return [sink = sink_](node_context& ctx) {
      ctx.log = std::make_shared<spdlog::logger>("test", sink);
      ctx.log->set_level(spdlog::level::trace);
    };
  }

  /// How many lines have this text; `level` as it is written.
  std::size_t count(std::string_view text, std::string_view level = "") const {
    const auto lines = sink_->last_formatted();
    return static_cast<std::size_t>(
        std::ranges::count_if(lines, [&](const std::string& line) {
          return line.find(text) != std::string::npos
                 && line.find(level) != std::string::npos;
        }));
  }

private:
  using sink = spdlog::sinks::ringbuffer_sink_mt;
  std::shared_ptr<sink> sink_ = std::make_shared<sink>(1000);
};

} // namespace grapevine::test
