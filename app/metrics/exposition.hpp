#pragma once

#include "messages/metrics.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace grapevine::app {

enum class metric_type : std::uint8_t { counter, gauge, histogram };

std::string_view to_string(metric_type type);

/// Writes numbers in the text format of Prometheus, version 0.0.4.
class exposition {
public:
  using labels =
      std::initializer_list<std::pair<std::string_view, std::string_view>>;

  /// The samples that follow are this metric's.
  void begin(std::string_view name, metric_type type, std::string_view help);

  void sample(labels of, std::uint64_t value);
  void sample(labels of, double value);
  void sample(labels of, const duration_histogram& value);

  /// All that was written.
  std::string take() { return std::move(text_); }

private:
  void line(std::string_view suffix, labels of, std::string_view bound,
            std::string_view value);

  std::string text_;
  std::string name_;
};

} // namespace grapevine::app
