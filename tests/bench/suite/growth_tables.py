"""The tables of growth."""
import cases
from growth import AXES
from growth_curves import GROWING, WORDS, affine_text, power
from numbers_text import NAMES
from tables import markdown, with_spread


def growth(results):
    """A table for each axis and implementation."""
    names = [name for name in cases.IMPLEMENTATIONS
             if any(name in cell for cell
                    in results.data.get("growth", {}).values())]
    return "\n".join(table_of(results, axis, name, len(names) > 1)
                     for axis in AXES for name in names
                     if any(results.runs("growth", AXES[axis].cell(x), name)
                            for x in AXES[axis].measured(results)))


def table_of(results, axis, name, named):
    title = f"### By {AXES[axis].title}{f': {NAMES[name]}' if named else ''}\n\n"
    return (title + WORDS[axis] + "\n\n"
            + markdown([AXES[axis].title, *(one.title for one in GROWING[axis])],
                       [*rows(results, axis, name), exponents(results, axis, name)])
            + lines(results, axis, name))


def rows(results, axis, name):
    for x in AXES[axis].measured(results):
        yield [AXES[axis].text(x),
               *(with_spread(results, "growth", AXES[axis].cell(x), name,
                             one.figure, one.form) for one in GROWING[axis])]


def exponents(results, axis, name):
    return ["**exponent**", *(power(one.points(results, name))
                              for one in GROWING[axis])]


def lines(results, axis, name):
    """Where a line fits, which."""
    found = [affine_text(one, one.points(results, name))
             for one in GROWING[axis] if one.affine]
    return "".join(f"\nA message costs {text}.\n" for text in found if text)
