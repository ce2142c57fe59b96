"""Charts of bars as SVG (of curves: curves.py), readable in light and dark."""
import dataclasses
from xml.sax.saxutils import escape

WIDTH = 860
MARGIN = 12
GAP = 28
LABEL = 76
VALUE = 118
BAR = 13
PITCH = 18
TITLE = 22

STYLE = """
text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #24292f }
.head { font-size: 15px; font-weight: 600 }
.note { fill: #57606a }
.title { font-weight: 600 }
.grapevine { fill: #8250df } .go { fill: #0a8fb5 } .rust { fill: #c4622d }
.js { fill: #a88600 } .limit { fill: #8c959f }
.loop { fill: #afb8c1 }
.inner { fill: #000; opacity: .3 }
.axis, .spread { stroke: #8c959f } .spread { stroke: #24292f; opacity: .7 }
.grid { stroke: #8c959f; opacity: .25 }
.curve { fill: none; stroke-width: 1.5 } .dashed { stroke-dasharray: 5 3 }
.faint { opacity: .5 }
.of-grapevine { stroke: #8250df } .of-go { stroke: #0a8fb5 }
.of-rust { stroke: #c4622d } .of-js { stroke: #a88600 }
@media (prefers-color-scheme: dark) {
  text { fill: #d1d7e0 } .note { fill: #9198a1 }
  .grapevine { fill: #ab7df8 } .go { fill: #35b5dd } .rust { fill: #e5864f }
  .js { fill: #d4b106 } .limit { fill: #7d8590 } .loop { fill: #545d68 }
  .spread { stroke: #d1d7e0 }
  .of-grapevine { stroke: #ab7df8 } .of-go { stroke: #35b5dd }
  .of-rust { stroke: #e5864f } .of-js { stroke: #d4b106 }
}
"""


@dataclasses.dataclass(frozen=True)
class Bar:
    """One figure; `kind` is a class of the style."""

    label: str
    kind: str
    value: float
    text: str
    # Between what it lay, and a part of it that is shown inside.
    least: float = None
    most: float = None
    inner: float = None


@dataclasses.dataclass(frozen=True)
class Panel:
    """Bars of one scale of their own, beginning at zero."""

    title: str
    bars: tuple

    @property
    def empty(self):
        return not any(bar.value > 0 for bar in self.bars)

    @property
    def height(self):
        return TITLE + PITCH * len(self.bars) + 12

    def draw(self, x, y, width):
        return draw_panel(self, x, y, width)


def line(x1, y1, x2, y2, kind):
    return (f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" '
            f'x2="{x2:.1f}" y2="{y2:.1f}"/>')


def rect(x, y, width, height, kind):
    return (f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" '
            f'width="{max(width, 1):.1f}" height="{height:.1f}"/>')


def text(x, y, content, kind="", anchor="start"):
    return (f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" '
            f'text-anchor="{anchor}">{escape(content)}</text>')


def draw_bar(bar, x, y, length, most):
    scale = length / most
    base = y + BAR - 3
    parts = [text(x - 6, base, bar.label, anchor="end"),
             rect(x, y, bar.value * scale, BAR, bar.kind)]
    if bar.inner is not None:
        parts.append(rect(x, y, bar.inner * scale, BAR, "inner"))
    end = bar.value
    if bar.least is not None and bar.most > bar.least:
        end = max(end, bar.most)
        middle = y + BAR / 2
        parts.append(line(x + bar.least * scale, middle, x + bar.most * scale,
                          middle, "spread"))
    parts.append(text(x + end * scale + 6, base, bar.text))
    return parts


def draw_panel(panel, x, y, width):
    parts = [text(x, y + 12, panel.title, "title")]
    left = x + LABEL
    length = width - LABEL - VALUE
    most = max([bar.value for bar in panel.bars]
               + [bar.most for bar in panel.bars if bar.most] + [1e-9])
    top = y + TITLE
    for i, bar in enumerate(panel.bars):
        parts += draw_bar(bar, left, top + i * PITCH, length, most)
    parts.append(line(left, top - 3, left, top + PITCH * len(panel.bars) - 2,
                      "axis"))
    return parts


def chart(title, note, panels, columns=2):
    """The panels row by row, below a title and what explains them."""
    panels = [panel for panel in panels if not panel.empty]
    width = (WIDTH - 2 * MARGIN - (columns - 1) * GAP) / columns
    parts = [text(MARGIN, 24, title, "head"), text(MARGIN, 43, note, "note")]
    y = 62
    for first in range(0, len(panels), columns):
        row = panels[first:first + columns]
        for i, panel in enumerate(row):
            parts += panel.draw(MARGIN + i * (width + GAP), y, width)
        y += max(panel.height for panel in row)
    body = "\n".join(parts)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" role="img" '
            f'viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" height="{y}">\n'
            f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n"
            f"{body}\n</svg>\n")
