"""Which figures become which chart."""
import cases
from growth_chart import growth_chart
from numbers_text import (NAMES, kibibytes, mebibytes, milliseconds, percent,
                          short)
from svg import Bar, Panel, chart
from targets import bounded_by_load

# The same for all, and each one's own: the suffix of figures, and words for it.
RATES = tuple((f"at_{rate}_per_s", f"{rate:,} messages/s")
              for rate in cases.RATES)
OWN_RATES = tuple((f"at_{percent}", f"{percent} % of its highest rate")
                  for percent in cases.PERCENTS)


def bar_of(results, part, cell, name, figure, form, unit=""):
    """None where there is no such figure."""
    values = results.values(part, cell, name, figure)
    if not values:
        return None
    value = results.figure(part, cell, name, figure)
    least = "≥ " * bounded_by_load(results, part, cell, name, figure)
    return Bar(NAMES[name], name, value, f"{least}{form(value)}{unit}",
               min(values), max(values))


def panel_of(results, part, cell, title, figure, form, unit="", limit=False):
    names = cases.IMPLEMENTATIONS + (cases.LIMIT, cases.LOOP) * limit
    bars = [bar_of(results, part, cell, name, figure, form, unit)
            for name in names]
    return Panel(title, tuple(bar for bar in bars if bar is not None))


def relay_chart(results, figure, title):
    """A row for each case, unsigned on the left."""
    panels = [panel_of(results, "relay", case.name, case.text, figure, short,
                       limit=True)
              for pair in zip(*(cases.star(policy)
                                for policy in cases.POLICIES))
              for case in pair]
    return chart(title, "Each case has a scale of its own. Lines are the "
                 "spread of all runs.", panels)


def latency_bar(results, part, cell, name, suffix):
    values = [results.figure(part, cell, name, f"latency_{which}_us{suffix}")
              for which in ("p50", "p99")]
    if None in values:
        # A rate that it does not reach.
        return Bar(NAMES[name], name, 0, "—") if results.runs(
            part, cell, name) else None
    text = " / ".join(milliseconds(value) for value in values) + " ms"
    return Bar(NAMES[name], name, values[1], text, inner=values[0])


def latency_panel(results, part, cell, title, suffix):
    bars = [latency_bar(results, part, cell, name, suffix)
            for name in cases.IMPLEMENTATIONS]
    return Panel(title, tuple(bar for bar in bars if bar is not None))


def latency_chart(results):
    panels = [latency_panel(results, "relay", case.name,
                            f"{case.policy}, at {words}", "_" + rate)
              for rate, words in RATES + OWN_RATES for case in cases.middle_cases()]
    return chart("Latency through one node, 1 KiB to 8 subscribers",
                 "p50 (dark part) / p99, shorter is better", panels)


def node_chart(results):
    panels = [panel_of(results, "connections", "1000-peers", title, figure,
                       form, unit)
              for title, figure, form, unit in (
                  ("resident memory, idle", "idle_resident_bytes", mebibytes,
                   " MiB"),
                  ("resident memory per connected peer",
                   "resident_bytes_per_peer", kibibytes, " KiB"),
                  ("connections set up per second (more is better)",
                   "connections_per_s", short, "/s"),
                  ("CPU idle with 100 peers, of a core", "idle_cpu_share",
                   percent, ""))]
    return chart("A node and its connections",
                 "One core for the node; 1,000 peers", panels)


def mesh_chart(results):
    panels = []
    for nodes in (20, 50):
        cell = f"{nodes}-nodes"
        panels += [
            latency_panel(results, "mesh", cell, f"{nodes} nodes: latency", ""),
            panel_of(results, "mesh", cell,
                     f"{nodes} nodes: CPU per delivered message",
                     "cpu_us_per_delivery", short, " µs")]
    return chart("A mesh of one implementation, D = 6",
                 "Latency from publisher to application on all nodes, p50 "
                 "(dark part) / p99; shorter is better", panels)


def all_charts(results):
    """SVG by name."""
    charts = {
        "deliveries": relay_chart(results, "deliveries_per_cpu_s",
                                  "Deliveries per CPU second of the node"),
        "rate": relay_chart(results, "highest_rate",
                            "Highest rate without loss, in messages/s, node "
                            "on one core"),
        "latency": latency_chart(results),
        "growth": growth_chart(results),
        "node": node_chart(results),
        "mesh": mesh_chart(results),
    }
    return {name: svg for name, svg in charts.items()
            if "<rect" in svg or "<polyline" in svg}
