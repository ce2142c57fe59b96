"""The chart of growth."""
import cases
from curves import Curve, CurvePanel
from growth import AXES
from growth_curves import GROWING
from numbers_text import NAMES, kibibytes, milliseconds, percent
from svg import chart


# By which a figure is divided for its axis, by how tables write it.
UNITS = {kibibytes: 1024, milliseconds: 1000, percent: 0.01}


def growth_chart(results):
    """A panel for each figure; p50 and p99 share one."""
    panels = [panel_of(results, axis, group)
              for axis, growing in GROWING.items()
              for group in in_panels(growing)]
    return chart("Growth with peers, topics, subscribers and size",
                 "Both axes are logarithmic. Upright lines are the spread of "
                 "all runs.", panels)


def in_panels(growing):
    """The figures by panel."""
    groups = {}
    for one in growing:
        is_latency = one.figure.startswith("latency_")
        groups.setdefault(one.figure[len("latency_p50_us"):] if is_latency
                          else one.figure, []).append(one)
    return groups.values()


def panel_of(results, axis, group):
    curves = []
    for one in group:
        for name in cases.IMPLEMENTATIONS:
            unit = UNITS.get(one.form, 1)
            points = [(x, *(y / unit for y in values))
                      for x, *values in one.points(results, name)]
            upper = "_p99" in one.figure
            label = " ".join((NAMES[name], *one.title[:3].split() * (
                len(group) > 1)))
            curves.append(Curve(label, name, tuple(points), dashed=upper))
    words = group[0].title
    if len(group) > 1:
        words = words.replace("p50", "p50 and p99 (dashed)")
    return CurvePanel(f"{words}, by {AXES[axis].title}", tuple(curves),
                      AXES[axis].text, mark_text, AXES[axis].marks)


def mark_text(value):
    return f"{value:,g}"
