"""Which figures are drawn and told over which sizes."""
import dataclasses

import fits
from growth import (AXES, PAIR_RATE, SIZES_RATE, SUBSCRIBERS_RATE,
                    SUBSCRIBERS_WINDOW, TOPICS_RATE)
from numbers_text import kibibytes, milliseconds, percent, short


@dataclasses.dataclass(frozen=True)
class Growing:
    """A figure over the sizes of an axis."""

    axis: str
    title: str
    figure: str
    form: object = short
    # Whether a + b x is told, too: of what and with which unit.
    affine: str = ""

    def points(self, results, name):
        """(x, y, least, most) of the runs; y of all together."""
        axis = AXES[self.axis]
        found = []
        for x in axis.measured(results):
            y = results.figure("growth", axis.cell(x), name, self.figure)
            values = results.values("growth", axis.cell(x), name, self.figure)
            if y is not None:
                found.append((x, y, min(values), max(values)))
        return found


def latencies(axis, where, suffix, which=("p50", "p99")):
    return [Growing(axis, f"{one}{where}, ms", f"latency_{one}_us{suffix}",
                    milliseconds) for one in which]


def steady(axis, rate, affine="", which=("p50", "p99")):
    return [Growing(axis, "CPU per message, µs", "cpu_us_per_message",
                    affine=affine),
            *latencies(axis, f" at {rate:,}/s", f"_at_{rate}_per_s", which)]


# By axis, in the order of the table's columns.
GROWING = {
    "peers": [
        Growing("peers", "memory per peer, KiB", "resident_bytes_per_peer",
                kibibytes),
        Growing("peers", "CPU idle, % of a core", "idle_cpu_share",
                percent),
        Growing("peers", "CPU to stop, s", "stop_cpu_s"),
        *latencies("peers", " beside", "_beside"),
        Growing("peers", "CPU per message beside, µs",
                "cpu_us_per_message_beside"),
        *latencies("peers", " among", "_among"),
        Growing("peers", "CPU per message among, µs",
                "cpu_us_per_message_among")],
    "topics": steady("topics", TOPICS_RATE),
    "subscribers": steady("subscribers", SUBSCRIBERS_RATE, "subscriber"),
    # At that rate there are too few messages for a tail.
    "size": steady("size", SIZES_RATE, "KiB", ("p50",)),
}

WORDS = {
    "peers": "So many peers are connected, subscribed to one topic, and do "
             "nothing. An honest publisher sends one subscriber "
             f"{PAIR_RATE} signed messages of 1 KiB a second: **beside** them "
             "on a topic of its own, and **among** them on theirs, where they "
             "are outside the mesh and are told by gossip what there is.",
    "topics": "Unsigned, 1 KiB, 8 subscribers, all in all topics, which the "
              "publisher takes in turn.",
    "subscribers": "Unsigned, 1 KiB, 1 topic; under full load "
                   f"{SUBSCRIBERS_WINDOW} messages are on their way.",
    "size": "Unsigned, 8 subscribers, 1 topic.",
}


def power(points):
    """The exponent as text."""
    found = fits.exponent([point[:2] for point in points])
    return "—" if found is None else f"{round(found, 2) + 0:.2f}"


def affine_text(growing, points):
    """a + b x as text; nothing where it says nothing."""
    unit = 1024 if growing.axis == "size" else 1
    pairs = [(point[0] / unit, point[1]) for point in points]
    found = fits.affine(pairs)
    if found is None or len(pairs) < 3:
        return ""
    return (f"{short(found[0])} µs + {short(found[1])} µs per {growing.affine}, "
            f"within {percent(fits.worst_error(pairs, found))}")
