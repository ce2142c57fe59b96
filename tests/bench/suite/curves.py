"""Curves as SVG, both axes logarithmic; the rest of a chart is in svg.py."""
import dataclasses
import math

from svg import TITLE, line, rect, text

PLOT = 130
# Beside it and below it there are numbers.
LEFT = 64
RIGHT = 16
BELOW = 34
NAME = 16


@dataclasses.dataclass(frozen=True)
class Curve:
    """One figure over sizes; `kind` is a class of the style."""

    label: str
    kind: str
    # (x, y, least y, most y)
    points: tuple
    dashed: bool = False


@dataclasses.dataclass(frozen=True)
class CurvePanel:
    """Curves with axes of their own."""

    title: str
    curves: tuple
    x_text: object
    y_text: object
    # Numbers on the axis, if not powers of ten.
    x_marks: tuple = ()

    @property
    def usable(self):
        """The curves without what no logarithm can show."""
        kept = [(curve, [point for point in curve.points if point[1] > 0])
                for curve in self.curves]
        return [(curve, points) for curve, points in kept if points]

    @property
    def empty(self):
        return not self.usable

    @property
    def height(self):
        return TITLE + NAME * (len(self.usable) > 1) + PLOT + BELOW

    def draw(self, x, y, width):
        usable = self.usable
        every = [point for _, points in usable for point in points]
        across = Scale(*ends(p[0] for p in every), x + LEFT, x + width - RIGHT)
        top = y + TITLE + NAME * (len(usable) > 1)
        up = Scale(*ends(value for p in every for value in p[1:] if value > 0),
                   top + PLOT, top)
        parts = [text(x, y + 12, self.title, "title")]
        if len(usable) > 1:
            parts += draw_names([curve for curve, _ in usable], x + LEFT,
                                y + TITLE + 8)
        parts += self.draw_grid(across, up)
        for curve, points in usable:
            parts += draw_curve(curve, points, across, up)
        return parts

    def draw_grid(self, across, up):
        parts = [line(across.begin, up.begin, across.end, up.begin, "axis"),
                 line(across.begin, up.begin, across.begin, up.end, "axis")]
        for value in up.marks():
            parts += [line(across.begin, up(value), across.end, up(value),
                           "grid"),
                      text(across.begin - 6, up(value) + 4, self.y_text(value),
                           "note", "end")]
        for value in across.inside(self.x_marks) or across.marks():
            parts += [line(across(value), up.begin, across(value), up.end,
                           "grid"),
                      text(across(value), up.begin + 16, self.x_text(value),
                           "note", "middle")]
        return parts


def ends(values):
    """The range, made wider where it is none."""
    values = list(values)
    least, most = min(values), max(values)
    return (least, most) if most > least * 1.5 else (least / 1.5, most * 1.5)


@dataclasses.dataclass(frozen=True)
class Scale:
    """Values from `least` to `most` at places from `begin` to `end`."""

    least: float
    most: float
    begin: float
    end: float

    def __call__(self, value):
        share = math.log(value / self.least) / math.log(self.most / self.least)
        return self.begin + share * (self.end - self.begin)

    def inside(self, values):
        return [value for value in values if self.least <= value <= self.most]

    def marks(self):
        """Powers of ten; between two of them 2 and 5 where there are few."""
        first = math.floor(math.log10(self.least))
        last = math.ceil(math.log10(self.most))
        for digits in ((1,), (1, 2, 5), (1, 1.5, 2, 3, 5, 7)):
            found = self.inside(digit * 10**power
                                for power in range(first, last + 1)
                                for digit in digits)
            if len(found) >= 3:
                break
        return found


def draw_names(curves, x, y):
    parts = []
    for curve in curves:
        parts += [rect(x, y - 6, 14, 3, curve.kind + " faint" * curve.dashed),
                  text(x + 19, y, curve.label, "note")]
        x += 30 + 6.6 * len(curve.label)
    return parts


def draw_curve(curve, points, across, up):
    """Straight from point to point, with what lay between the runs."""
    kind = f"curve of-{curve.kind}" + " dashed" * curve.dashed
    places = [(across(x), up(y)) for x, y, _, _ in points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    parts = [f'<polyline class="{kind}" points="{path}"/>']
    for (x, y), (_, _, least, most) in zip(places, points):
        parts.append(f'<circle class="{curve.kind}" cx="{x:.1f}" cy="{y:.1f}" '
                     'r="2.5"/>')
        if 0 < least < most:
            parts.append(line(x, up(least), x, up(most), "spread"))
    return parts
