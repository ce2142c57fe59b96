#pragma once

#include "app/metrics/process_numbers.hpp"
#include "messages/metrics.hpp"

#include <string>

namespace grapevine::app {

/// The media type of what `metrics_text` makes.
inline constexpr const char* metrics_media_type =
    "text/plain; version=0.0.4; charset=utf-8";

/// All metrics in the text format of Prometheus.
std::string metrics_text(const metrics_snapshot& node,
                         const process_numbers& process);

/// The same, with what this process is doing now.
std::string metrics_text(const metrics_snapshot& node);

} // namespace grapevine::app
