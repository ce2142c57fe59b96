"""What is shown of the outcomes: a table for people, and all figures as JSON."""
import dataclasses
import math

COLUMNS = ("scenario", "delivered", "of expected", "twice", "p50", "p99", "below",
           "recovery", "within", "", "")

def milliseconds(value):
    return "-" if not math.isfinite(value) else f"{1e3 * value:.1f} ms"


def seconds(value):
    if math.isnan(value):
        return "-"
    return "never" if math.isinf(value) else f"{value:.2f} s"


def bound(value, shown):
    """What was to be held; of what has no bound, nothing."""
    return shown(value) if math.isfinite(value) else ""


def row(name, outcome):
    figures, bounds = outcome.figures, outcome.bounds
    if figures is None:
        return [name, *["-"] * (len(COLUMNS) - 3), "FAILED", ""]
    return [name, f"{figures.delivered}", f"{figures.expected}",
            f"{figures.duplicates + figures.again}", milliseconds(figures.p50),
            milliseconds(figures.p99),
            bound(bounds.p99, lambda value: f"{1e3 * value:.0f} ms"),
            seconds(figures.recovery),
            bound(bounds.recovery, lambda value: f"{value:.0f} s"),
            "ok" if outcome.passed else "FAILED", outcome.note]


def text(outcomes):
    """For a terminal."""
    rows = [COLUMNS, *(row(*one) for one in outcomes.items())]
    widths = [max(len(cells[column]) for cells in rows)
              for column in range(len(COLUMNS))]
    lines = []
    for cells in rows:
        # Names to the left, figures to the right.
        aligned = [cell.ljust(width) if column in (0, 9, 10) else cell.rjust(width)
                   for column, (cell, width) in enumerate(zip(cells, widths))]
        lines.append("  ".join(aligned).rstrip())
    return "\n".join(lines)


def markdown(outcomes):
    lines = ["| " + " | ".join(COLUMNS) + " |",
             "|---|--:|--:|--:|--:|--:|--:|--:|--:|---|---|"]
    lines += ["| " + " | ".join(row(*one)) + " |" for one in outcomes.items()]
    return "\n".join(lines) + "\n"


def page(outcomes):
    """The markdown, with what it is and what each scenario does."""
    lines = ["# What clusters survive", "",
             "<!-- made by `make cluster-report` -->", "",
             "Twelve nodes in networks of their own, 30 messages a second, and what "
             "is done to them: [the scenarios](../tests/cluster/README.md), with",
             "what each column says. Delivered must be all that was expected, and "
             "nothing may come twice; `below` and `within` are the bounds of",
             "p99 and recovery.", "", markdown(outcomes).rstrip(), "",
             "| scenario | what happens |", "|---|---|"]
    lines += [f"| {name} | {outcome.about} |"
              for name, outcome in outcomes.items()]
    return "\n".join(lines) + "\n"


def data(outcomes):
    """As JSON knows it: what is not finite is null."""
    def plain(value):
        if isinstance(value, float) and not math.isfinite(value):
            return None
        return value
    return {name: {"passed": outcome.passed, "complaints": outcome.complaints,
                   "note": outcome.note, "seconds": round(outcome.seconds, 1),
                   "figures": outcome.figures and {
                       key: plain(value) for key, value
                       in dataclasses.asdict(outcome.figures).items()}}
            for name, outcome in outcomes.items()}
