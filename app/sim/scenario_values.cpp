#include "app/sim/scenario_values.hpp"

#include "app/options/choices.hpp"

#include <array>
#include <cmath>
#include <fmt/format.h>

namespace grapevine::app {

namespace {

using sim::departure;
using sim::graph;
using sim::incident;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::array graphs{
    choice<graph>{"random", graph::random},
    choice<graph>{"ring", graph::ring},
    choice<graph>{"line", graph::line},
    choice<graph>{"star", graph::star},
    choice<graph>{"tree", graph::tree},
    choice<graph>{"full", graph::full},
    choice<graph>{"chart", graph::chart},
    choice<graph>{"subscribers", graph::subscribers},
};

constexpr std::array departures{
    choice<departure>{"graceful", departure::graceful},
    choice<departure>{"kill", departure::kill},
    choice<departure>{"vanish", departure::vanish},
};

constexpr std::array incidents{
    choice<incident::kind>{"restart", incident::kind::restart},
    choice<incident::kind>{"stop", incident::kind::stop},
    choice<incident::kind>{"partition", incident::kind::partition},
};

constexpr std::array behaviours{
    choice<behaviour>{"honest", behaviour::honest},
    choice<behaviour>{"silent", behaviour::silent},
    choice<behaviour>{"squatter", behaviour::squatter},
    choice<behaviour>{"liar", behaviour::liar},
    choice<behaviour>{"forger", behaviour::forger},
};

} // namespace

void behave(sim::node_options& node, behaviour how) {
  node.honest = how == behaviour::honest;
  auto& conduct = node.conduct;
  if (how == behaviour::silent || how == behaviour::squatter) {
    conduct.relays = false;
    conduct.gossips = false;
    conduct.answers = false;
  }
  if (how == behaviour::squatter) {
    // Never enough, never too many.
    node.params.mesh.degree = 1'000;
    node.params.mesh.degree_low = 1'000;
    node.params.mesh.degree_high = 2'000;
    conduct.grafts_at_once = true;
  }
  if (how == behaviour::liar)
    conduct.invented_ids = 500;
  conduct.publishes_invalid = how == behaviour::forger;
}

parsed<microseconds> value_text<microseconds>::parse(std::string_view text) {
  const auto wrong = [] {
    return unexpected{std::string{"must be a time such as 250us, 5ms or 1.5s"}};
  };
  if (text.ends_with("us")) {
    const auto number =
        value_text<double>::parse(text.substr(0, text.size() - 2));
    if (!number || *number < 0 || *number > 1e12)
      return wrong();
    return microseconds{std::llround(*number)};
  }
  if (text.ends_with("ms")) {
    const auto number =
        value_text<double>::parse(text.substr(0, text.size() - 2));
    if (!number || *number < 0 || *number > 1e9)
      return wrong();
    return microseconds{std::llround(*number * 1'000)};
  }
  const auto longer = value_text<milliseconds>::parse(text);
  if (!longer)
    return wrong();
  return microseconds{*longer};
}

std::string value_text<microseconds>::format(microseconds value) {
  if (value.count() % 1'000 == 0)
    return value_text<milliseconds>::format(
        std::chrono::duration_cast<milliseconds>(value));
  return fmt::format("{}us", value.count());
}

parsed<sim::latency_range>
value_text<sim::latency_range>::parse(std::string_view text) {
  const auto wrong = [] {
    return unexpected{std::string{"must be a time (20ms), a range (5ms..80ms), "
                                  "or a mean and its deviation (40ms+-10ms)"}};
  };
  const auto split = [&](std::string_view mark)
      -> std::optional<std::pair<microseconds, microseconds>> {
    const auto at = text.find(mark);
    if (at == std::string_view::npos)
      return std::nullopt;
    const auto first = value_text<microseconds>::parse(text.substr(0, at));
    const auto second =
        value_text<microseconds>::parse(text.substr(at + mark.size()));
    if (!first || !second)
      return std::nullopt;
    return std::pair{*first, *second};
  };
  if (const auto range = split(".."); range && range->first <= range->second)
    return sim::latency_range{range->first, range->second, {}};
  if (const auto spread = split("+-"))
    return sim::latency_range{spread->first, spread->first, spread->second};
  const auto fixed = value_text<microseconds>::parse(text);
  if (!fixed)
    return wrong();
  return sim::latency_range{*fixed, *fixed, {}};
}

std::string
value_text<sim::latency_range>::format(const sim::latency_range& value) {
  using one = value_text<microseconds>;
  if (value.deviation.count() > 0)
    return one::format(value.min) + "+-" + one::format(value.deviation);
  if (value.min == value.max)
    return one::format(value.min);
  return one::format(value.min) + ".." + one::format(value.max);
}

parsed<graph> value_text<graph>::parse(std::string_view text) {
  return find_choice(graphs, text);
}

std::string value_text<graph>::format(graph value) {
  return text_of(graphs, value);
}

std::vector<std::string> value_text<graph>::choices() {
  return texts_of(graphs);
}

parsed<departure> value_text<departure>::parse(std::string_view text) {
  return find_choice(departures, text);
}

std::string value_text<departure>::format(departure value) {
  return text_of(departures, value);
}

std::vector<std::string> value_text<departure>::choices() {
  return texts_of(departures);
}

parsed<incident::kind>
value_text<incident::kind>::parse(std::string_view text) {
  return find_choice(incidents, text);
}

std::string value_text<incident::kind>::format(incident::kind value) {
  return text_of(incidents, value);
}

std::vector<std::string> value_text<incident::kind>::choices() {
  return texts_of(incidents);
}

parsed<behaviour> value_text<behaviour>::parse(std::string_view text) {
  return find_choice(behaviours, text);
}

std::string value_text<behaviour>::format(behaviour value) {
  return text_of(behaviours, value);
}

std::vector<std::string> value_text<behaviour>::choices() {
  return texts_of(behaviours);
}

} // namespace grapevine::app
