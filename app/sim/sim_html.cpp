#include "app/sim/sim_views.hpp"
#include "app/sim/svg_chart.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace grapevine::app {

namespace {

constexpr std::string_view style = R"(
:root { color-scheme: light dark; --ink: #1c2330; --faint: #d5dae2;
  --paper: #fff; --l0: #2563eb; --l1: #c2410c; --l2: #15803d; --l3: #7c3aed }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --faint: #374151;
  --paper: #14181f; --l0: #60a5fa; --l1: #fb923c; --l2: #4ade80; --l3: #c4b5fd } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink);
  background: var(--paper); max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; margin: 1rem 0 }
th, td { text-align: right; padding: .2rem .8rem; border-bottom: 1px solid var(--faint) }
th:first-child, td:first-child { text-align: left }
svg { width: 100%; height: auto }
svg text { font: 12px system-ui, sans-serif; fill: var(--ink) }
.grid { stroke: var(--faint) } .line { fill: none; stroke-width: 2 }
.line.l0 { stroke: var(--l0) } .line.l1 { stroke: var(--l1) }
.line.l2 { stroke: var(--l2) } .line.l3 { stroke: var(--l3) }
svg text.l0 { fill: var(--l0) } svg text.l1 { fill: var(--l1) }
svg text.l2 { fill: var(--l2) } svg text.l3 { fill: var(--l3) }
pre { overflow: auto; border: 1px solid var(--faint); padding: 1rem }
)";

constexpr double mega = 1e6;

template <class Value>
chart_line over_time(const sim::scenario_result& r, std::string name,
                     const Value& value) {
  chart_line line{std::move(name), {}};
  for (const auto& slice : r.slices)
    if (const std::optional<double> y = value(slice))
      line.points.emplace_back(slice.begin_seconds + r.slice_seconds / 2, *y);
  return line;
}

auto latency_at(double part) {
  return [part](const sim::slice_result& slice) -> std::optional<double> {
    if (slice.messages.latencies.size() == 0)
      return std::nullopt;
    return slice.messages.latencies.quantile(part) / 1'000;
  };
}

std::string section(std::string_view title, const line_chart& chart) {
  return fmt::format("<h2>{}</h2>\n{}\n", title, svg_of(chart));
}

// How many of the deliveries have come after so long. A few that are much later
// than the others do not decide what the rest looks like.
line_chart propagation(const sim::scenario_result& r) {
  constexpr int points = 200;
  chart_line line{"delivered", {}};
  const auto end =
      std::min(r.latencies.quantile(0.999), 5 * r.latencies.quantile(0.9));
  for (int i = 0; i <= points && end > 0; ++i) {
    const auto at = end * i / points;
    line.points.emplace_back(
        at / 1'000,
        100 * r.latencies.part_within(static_cast<std::uint64_t>(at)));
  }
  return {"ms after publishing", "% of deliveries", {line}, 100};
}

line_chart delivery(const sim::scenario& s, const sim::scenario_result& r) {
  const auto nodes = static_cast<double>(node_count(s));
  return {"seconds",
          "%",
          {over_time(r, "delivered",
                     [](const auto& slice) -> std::optional<double> {
                       if (slice.messages.expected == 0)
                         return std::nullopt;
                       return 100.0
                              * static_cast<double>(slice.messages.delivered)
                              / static_cast<double>(slice.messages.expected);
                     }),
           over_time(r, "nodes there",
                     [nodes](const auto& slice) -> std::optional<double> {
                       return 100 * static_cast<double>(slice.nodes_up) / nodes;
                     })},
          100};
}

std::string charts(const sim::scenario& s, const sim::scenario_result& r) {
  const auto bytes =
      over_time(r, "sent", [](const auto& slice) -> std::optional<double> {
        return slice.bytes_sent / 1'000;
      });
  const auto cpu =
      over_time(r, "CPU", [](const auto& slice) -> std::optional<double> {
        return 100 * slice.cpu;
      });
  return section("How a message spreads", propagation(r))
         + section("Latency over time", {"seconds",
                                         "ms",
                                         {over_time(r, "p50", latency_at(0.5)),
                                          over_time(r, "p99", latency_at(0.99)),
                                          over_time(r, "max", latency_at(1))}})
         + section("Delivery over time", delivery(s, r))
         + section("Bandwidth of a node", {"seconds", "kB/s", {bytes}})
         + section("CPU of a node", {"seconds", "% of a core", {cpu}});
}

std::string row(std::string_view name, const std::string& value) {
  return fmt::format("<tr><td>{}</td><td>{}</td></tr>\n", name, value);
}

std::string figures(const sim::scenario_result& r) {
  const auto& f = r.figures;
  const auto& l = f.latency;
  return "<table>\n" + row("Messages published", fmt::format("{}", f.published))
         + row("Deliveries expected", fmt::format("{}", f.expected))
         + row("Delivered", fmt::format("{:.4f} % ({} missing)",
                                        100 * f.delivery_rate, missing(f)))
         + row("Delivered again after a restart", fmt::format("{}", f.again))
         + row("Delivered twice", fmt::format("{}", f.unexpected))
         + row("Latency p50 / p90 / p99 / max",
               fmt::format("{:.2f} / {:.2f} / {:.2f} / {:.2f} ms", l.p50, l.p90,
                           l.p99, l.max))
         + row("Hops p50 / p99 / max",
               fmt::format("{} / {} / {}", f.hops.p50, f.hops.p99, f.hops.max))
         + row("Further copies at each node",
               fmt::format("{:.2f}", f.duplicates))
         + row("Control by bytes of messages",
               fmt::format("{:.2f}", f.control_overhead))
         + row("Nodes went", fmt::format("{} times", r.departures))
         + row("Dropped in queues", fmt::format("{}", r.dropped))
         + "</table>\n";
}

std::string groups(const sim::scenario_result& r) {
  std::string text =
      "<h2>Groups</h2>\n<table><tr><th>group</th><th>nodes</th><th>sent, MB/s "
      "p50 / max</th><th>received, MB/s p50 / max</th><th>CPU, % p50 / "
      "max</th><th>peers p50 / max</th></tr>\n";
  for (const auto& g : r.groups)
    text += fmt::format(
        "<tr><td>{}</td><td>{}</td><td>{:.3f} / {:.3f}</td><td>{:.3f} / "
        "{:.3f}</td><td>{:.2f} / {:.2f}</td><td>{:g} / {:g}</td></tr>\n",
        html_text(g.name), g.nodes, g.sent.p50 / mega, g.sent.max / mega,
        g.received.p50 / mega, g.received.max / mega, 100 * g.cpu.p50,
        100 * g.cpu.max, g.peers.p50, g.peers.max);
  return text + "</table>\n";
}

} // namespace

std::string sim_html(const sim::scenario& s, const sim::scenario_result& r,
                     std::string_view file) {
  const auto name = html_text(s.name);
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\">\n"
      "<title>{0}</title>\n<style>{1}</style></head><body>\n<h1>{0}</h1>\n"
      "<p>{2} nodes, {3} topics, {4:g} s of virtual time, seed {5}; made by "
      "<code>grapevine sim</code>.</p>\n{6}{7}{8}"
      "<details><summary>The scenario</summary><pre>{9}</pre></details>\n"
      "</body></html>\n",
      name, style, node_count(s), s.topics.count,
      std::chrono::duration<double>{s.duration}.count(), s.seed, figures(r),
      charts(s, r), groups(r), html_text(file));
}

} // namespace grapevine::app
