#include "app/metrics/exposition.hpp"

#include <fmt/format.h>

namespace grapevine::app {

namespace {

// In a label's value a quote would end it; in a help text it is just a quote.
void append_escaped(std::string& to, std::string_view text, bool quoted) {
  for (const char c : text)
    if (c == '\n')
      to += "\\n";
    else if (c == '\\' || (quoted && c == '"'))
      (to += '\\') += c;
    else
      to += c;
}

} // namespace

std::string_view to_string(metric_type type) {
  switch (type) {
  case metric_type::counter:
    return "counter";
  case metric_type::gauge:
    return "gauge";
  case metric_type::histogram:
    break;
  }
  return "histogram";
}

void exposition::begin(std::string_view name, metric_type type,
                       std::string_view help) {
  name_ = name;
  text_ += fmt::format("# HELP {} ", name);
  append_escaped(text_, help, false);
  text_ += fmt::format("\n# TYPE {} {}\n", name, to_string(type));
}

void exposition::sample(labels of, std::uint64_t value) {
  line({}, of, {}, fmt::format_int{value}.c_str());
}

void exposition::sample(labels of, double value) {
  line({}, of, {}, fmt::format("{}", value));
}

// Each range has those below it, too.
void exposition::sample(labels of, const duration_histogram& value) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < value.counts().size(); ++i) {
    sum += value.counts()[i];
    const auto bound = i < duration_histogram::bounds.size()
                           ? fmt::format("{}", duration_histogram::bounds[i])
                           : std::string{"+Inf"};
    line("_bucket", of, bound, fmt::format_int{sum}.c_str());
  }
  line("_sum", of, {}, fmt::format("{}", value.sum()));
  line("_count", of, {}, fmt::format_int{sum}.c_str());
}

void exposition::line(std::string_view suffix, labels of,
                      std::string_view bound, std::string_view value) {
  (text_ += name_) += suffix;
  char before = '{';
  const auto label = [&](std::string_view name, std::string_view content) {
    ((text_ += before) += name) += "=\"";
    append_escaped(text_, content, true);
    text_ += '"';
    before = ',';
  };
  for (const auto& [name, content] : of)
    label(name, content);
  if (!bound.empty())
    label("le", bound);
  if (before == ',')
    text_ += '}';
  ((text_ += ' ') += value) += '\n';
}

} // namespace grapevine::app
