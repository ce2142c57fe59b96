"""Tables in Markdown."""
import statistics

import cases
from charts import RATES
from load import MOST_CORES
from numbers_text import (NAMES, count_text, kibibytes, mebibytes, milliseconds, percent,
                          ratio, short, times)
from results import PARTS
from targets import OTHERS, all_outcomes, bounded_by_load


def markdown(head, rows):
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "".join("| " + " | ".join(str(cell) for cell in row) + " |\n"
                   for row in lines)


def with_spread(results, part, cell, name, figure, form=short):
    """What all runs say together, and below it between what they lay."""
    values = results.values(part, cell, name, figure)
    if not values:
        runs = results.runs(part, cell, name)
        return "failed" if runs and all("error" in run for run in runs) else "—"
    together = results.figure(part, cell, name, figure)
    if together is None:
        return "—"
    least = "≥ " * bounded_by_load(results, part, cell, name, figure)
    text = least + form(together)
    if len(values) == 1:
        return text
    return f"{text}<br><sub>{form(min(values))} – {form(max(values))}</sub>"


def present(results, extra=()):
    return results.implementations(cases.IMPLEMENTATIONS + tuple(extra))


def measured_cases(results, part):
    """In the order of the cross product, with one policy after the other."""
    order = {case.name: i for i, case in
             enumerate([*cases.default_cases(), *cases.all_cases()][::-1])}
    names = sorted(results.data.get(part, {}),
                   key=lambda name: -order.get(name, 0))
    return [cases.RelayCase.of_name(name) for name in names]


def best_of_others(results, part, cell, figure):
    found = [results.figure(part, cell, name, figure) for name in OTHERS]
    return max((value for value in found if value is not None), default=None)


def relay(results, figure):
    """A row for each case: everybody, and how Grapevine compares."""
    names = present(results, [cases.LIMIT, cases.LOOP])
    rows = []
    for case in measured_cases(results, "relay"):
        own = results.figure("relay", case.name, "grapevine", figure)
        limit = results.figure("relay", case.name, cases.LIMIT, figure)
        best = best_of_others(results, "relay", case.name, figure)
        rows.append([case.text,
                     *(with_share(results, case.name, name, figure, limit)
                       for name in names), times(ratio(own, best))])
    if not rows:
        return ""
    return markdown(["case", *(NAMES[name] for name in names),
                     "Grapevine / best other"], rows)


def with_share(results, cell, name, figure, limit):
    text = with_spread(results, "relay", cell, name, figure)
    value = results.figure("relay", cell, name, figure)
    share = ratio(value, limit)
    if name not in cases.IMPLEMENTATIONS or share is None:
        return text
    return f"{text}<br>{percent(share)} of the limit"


def both_cores(results):
    names = present(results)
    rows = [[f"{case.text}: {words}",
             *(with_spread(results, "both_cores", case.name, name, figure, form)
               for name in names)]
            for case in measured_cases(results, "both_cores")
            for figure, words, form in (
                ("highest_rate", "messages/s", short),
                ("deliveries_per_cpu_s", "deliveries per CPU second", short),
                ("latency_p99_us_at_1000_per_s", "p99 at 1,000/s, ms",
                 milliseconds))]
    if not rows:
        return ""
    return ("Both cores for the node, which the load shares:\n\n"
            + markdown(["case", *(NAMES[name] for name in names)], rows))


def latencies(results, rates):
    """p50 / p99 / p99.9 in milliseconds of all runs together."""
    names = present(results, [cases.LIMIT])
    rows = [[f"{case.text}, at {words}",
             *(three_latencies(results, "relay", case.name, name, rate)
               for name in names)]
            for case in measured_cases(results, "relay")
            for rate, words in rates
            if any(results.values("relay", case.name, name,
                                  f"latency_p50_us_{rate}") for name in names)]
    if not rows:
        return ""
    return markdown(["p50 / p99 / p99.9 in ms", *(NAMES[name] for name in names)],
                    rows)


def three_latencies(results, part, cell, name, rate):
    """A dash where a node cannot do the rate, and for a percentile that too few
    messages are beyond."""
    pooled = results.latencies(part, cell, name, "_" + rate)
    if not pooled.samples:
        return "—"
    each = cases.RelayCase.of_name(cell).subscribers
    text = " / ".join(milliseconds(pooled.percentile(part))
                      if pooled.shows(part, each) else "—"
                      for part in (0.5, 0.99, 0.999))
    return f"{text}<br><sub>of {count_text(pooled.samples)}</sub>"


def connections(results):
    names = present(results)
    rows = [[words, *(with_spread(results, "connections", "1000-peers", name,
                                  figure, form) for name in names)]
            for words, figure, form in (
                ("resident memory idle, MiB", "idle_resident_bytes", mebibytes),
                ("the same as PSS, MiB", "idle_proportional_bytes", mebibytes),
                ("resident memory per peer, KiB", "resident_bytes_per_peer",
                 kibibytes),
                ("connections per second", "connections_per_s", short),
                ("CPU per connection, ms", "cpu_ms_per_connection", short),
                ("CPU idle with 100 peers, of a core", "idle_cpu_share",
                 percent))]
    if "connections" not in results.data:
        return ""
    return markdown(["", *(NAMES[name] for name in names)], rows)


def mesh(results):
    names = present(results)
    rows = [[f"{cell.split('-')[0]} nodes: {words}",
             *(with_spread(results, "mesh", cell, name, figure, form)
               for name in names)]
            for cell in results.data.get("mesh", {})
            for words, figure, form in (
                ("latency p50, ms", "latency_p50_us", milliseconds),
                ("latency p99, ms", "latency_p99_us", milliseconds),
                ("arrived", "completeness", percent),
                ("CPU per delivered message, µs", "cpu_us_per_delivery", short),
                ("bytes on the wire per delivered message",
                 "wire_bytes_per_delivery", short),
                ("resident memory of a node, MiB", "resident_bytes_per_node",
                 mebibytes))]
    return markdown(["", *(NAMES[name] for name in names)], rows) * bool(rows)


def brokers(results):
    """Grapevine, unsigned and signed, and brokers, of the same case."""
    unsigned, signed = cases.middle_cases()
    columns = [("Grapevine, unsigned", "relay", unsigned.name, "grapevine"),
               ("Grapevine, signed", "relay", signed.name, "grapevine"),
               *((NAMES[name], "brokers", unsigned.name, name)
                 for name in cases.BROKERS)]
    rows = [[words, *(with_spread(results, *column[1:], figure, form)
                      for column in columns)]
            for words, figure, form in (
                ("deliveries per CPU second", "deliveries_per_cpu_s", short),
                ("highest rate, messages/s", "highest_rate", short),
                ("resident memory afterwards, MiB", "resident_bytes_after",
                 mebibytes))]
    rows += [[f"p50 / p99 / p99.9 in ms at {words}",
              *(three_latencies(results, *column[1:], rate)
                for column in columns)] for rate, words in RATES]
    if not results.data.get("brokers"):
        return ""
    return markdown(["", *(column[0] for column in columns)], rows)


def targets(results):
    rows = []
    for one in all_outcomes(results):
        target = one.target
        sign = "≤" if target.is_cost else "≥"
        word = {True: "yes", False: "**no**", None: "not shown"}[one.met]
        rows.append([target.text, target.form(one.own),
                     f"{target.form(one.other)} ({NAMES[one.other_name]})"
                     if one.other_name else "—",
                     times(one.factor), f"{sign} {times(target.factor)}",
                     word])
    return markdown(["", "Grapevine", "compared with", "factor", "aim",
                     "met"], rows)


def accidents(results):
    """What was lost, came twice or failed, by implementation."""
    rows = []
    for part, cell, name, runs in every_cell(results):
        lost = sum(value for run in runs for key, value in run.items()
                   if key.startswith(("lost", "full_lost")) and value)
        twice = sum(run.get("duplicates") or 0 for run in runs)
        errors = [run["error"].splitlines()[0] for run in runs
                  if "error" in run]
        # A mesh counts what arrived, as a share of what should have.
        errors += [f"{run['completeness']:.2%} arrived in one run"
                   for run in runs if run.get("completeness", 1) < 1]
        if lost or twice or errors:
            rows.append([f"{part} {cell}", NAMES[name], short(lost),
                         short(twice), "; ".join(sorted(set(errors))) or "—"])
    if not rows:
        return "None of them lost or repeated a message, and no run failed.\n"
    return ("Deliveries in all runs together, the overloaded ones of the search "
            "excepted.\n\n"
            + markdown(["case", "", "lost", "duplicates", "failures"], rows))


def others(results):
    """What else the machine did during the runs, where that was noted."""
    by_part = {}
    for part, _, _, runs in every_cell(results):
        by_part.setdefault(part, []).extend(
            run["machine"]["others_cores"] for run in runs if "machine" in run)
    rows = [[part, len(found), short(statistics.median(found)),
             short(max(found)), sum(cores > MOST_CORES for cores in found)]
            for part, found in by_part.items() if found]
    if not rows:
        return ""
    return ("Cores that other programs and other machines used meanwhile.\n\n"
            + markdown(["part", "runs", "median", "most",
                        f"runs with more than {MOST_CORES}"], rows))


def every_cell(results):
    for part in PARTS:
        for cell, by_name in results.data.get(part, {}).items():
            for name, runs in by_name.items():
                yield part, cell, name, runs


def micro(results):
    """A row for each step."""
    runs = results.runs("micro", "steps", "grapevine")
    names = dict.fromkeys(name for run in runs for name in run
                          if name not in ("error", "machine"))
    rows = [[f"`{name}`", with_spread(results, "micro", "steps", "grapevine",
                                      name)] for name in names]
    return markdown(["", "ns"], rows) * bool(rows)
