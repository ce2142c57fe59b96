"""What a scenario is: a function that does something to a cluster, with bounds."""
import dataclasses
import math

SCENARIOS = {}

# What is to be survived, and which scenarios show it.
ROWS = {
    "nothing fails": ("calm", "start-up", "one-shot"),
    "rolling restarts": ("restart-*",),
    "a third is killed": ("kill-4",),
    "partitions": ("partition-*",),
    "bad links": ("lossy",),
    "one is slow, away or elsewhere": ("slow-link", "stopped-*", "unplugged-*",
                                       "moved"),
    "something runs out": ("full-disk", "clock", "descriptors"),
    "the chart's topology": ("chart-*",),
}


@dataclasses.dataclass(frozen=True)
class Bounds:
    """In seconds; delivered must be all that was expected, in any case, and
    nothing twice."""

    p99: float = math.inf
    recovery: float = math.inf


@dataclasses.dataclass(frozen=True)
class Scenario:
    name: str
    about: str
    # About how long it takes, in seconds.
    seconds: float
    # Part of the short selection, which has something of each row of ROWS.
    quick: bool
    run: object


@dataclasses.dataclass
class Outcome:
    """What a scenario came to."""

    figures: object
    complaints: list
    # What else is to be said of it.
    note: str = ""
    seconds: float = 0.0
    bounds: Bounds = Bounds()
    about: str = ""

    @property
    def passed(self):
        return not self.complaints


def scenario(name, about, takes, quick=False, **arguments):
    """Makes a scenario of async def function(settings, name, **arguments)."""
    def register(function):
        if name in SCENARIOS:
            raise ValueError(f"two scenarios are named {name}")

        async def run(settings):
            return await function(settings, name, **arguments)
        SCENARIOS[name] = Scenario(name, about, takes, quick, run)
        return function
    return register


def judge(figures, bounds, complaints=(), note=""):
    """The outcome, with a complaint about each bound that was not held."""
    found = list(complaints)
    if not figures.expected:
        found.append("nothing was expected, so nothing is shown")
    if figures.lost:
        found.append(f"{len(figures.lost)} of {figures.expected} were lost, the "
                     "first (message, publisher, receiver, time): "
                     f"{figures.lost[0]}")
    if figures.duplicates:
        found.append(f"{figures.duplicates} came twice")
    if figures.again:
        found.append(f"{figures.again} old messages were heard again after a "
                     "restart")
    if bounds.p99 < math.inf and not figures.p99 < bounds.p99:
        found.append(f"p99 {1e3 * figures.p99:.0f} ms is not below "
                     f"{1e3 * bounds.p99:.0f} ms")
    if bounds.recovery < math.inf and not figures.recovery <= bounds.recovery:
        found.append(f"recovery took {figures.recovery:.2f} s, not at most "
                     f"{bounds.recovery:.1f} s")
    return Outcome(figures, found, note, bounds=bounds)


def verdict(cluster, bounds, note="", complaints=()):
    """Of a cluster that has settled."""
    figures = cluster.account.figures()
    notes = [note] if note else []
    if figures.repeated:
        notes.append(f"{figures.repeated} heard in the life before, too")
    if cluster.missed:
        notes.append(f"{cluster.missed} missed by a client of the API")
    return judge(figures, bounds, [*cluster.complaints, *complaints],
                 "; ".join(notes))
