"""What was published, who should have heard it, and who did: no processes, no
clocks. All times are seconds of one monotonic clock, nodes are numbers.
"""
import collections
import dataclasses
import math

# A message that is published this shortly before its receiver goes is not
# expected to arrive; nor one whose publisher is killed so soon after it answered.
IN_FLIGHT = 0.25
# What a node's window holds for sure: five heartbeats, less the one under way.
WINDOW = 4.0
# How old a message may be that a node hears a second time, in its next life: it
# cannot know of it, and is told of all that the windows of others hold. Five
# heartbeats, and a second until it asks.
REPEATED_WITHIN = 6.0
# How long after a return the first message must come, where nothing else is said.
HEARS_WITHIN = 1.0


@dataclasses.dataclass(frozen=True)
class Message:
    """Published at a node: when it was asked for, and when that was answered."""

    key: str
    publisher: int
    sent: float
    answered: float


@dataclasses.dataclass(frozen=True)
class Return:
    """A node comes back, and must hear of others within so many seconds."""

    node: int
    at: float
    within: float


@dataclasses.dataclass(frozen=True)
class Cut:
    """From and until when nothing passes between two groups of nodes."""

    groups: tuple
    begin: float
    end: float

    def separates(self, one, other):
        return any(one in group and other not in group
                   for group in self.groups if one in group)


@dataclasses.dataclass
class Across:
    """What passed between the groups once they were together again."""

    expected: int = 0
    delivered: int = 0
    recovery: float = math.inf


@dataclasses.dataclass
class Figures:
    """Of one scenario."""

    published: int = 0
    expected: int = 0
    delivered: int = 0
    duplicates: int = 0
    # Heard again in a node's next life: while the windows of others still held
    # it, and later.
    repeated: int = 0
    again: int = 0
    p50: float = math.nan
    p99: float = math.nan
    # The longest time to recovery.
    recovery: float = math.nan
    # Messages that were expected and did not come: key, publisher, receiver, sent.
    lost: list = dataclasses.field(default_factory=list)


def percentile(values, share):
    """The least value that so many are not above; nan of none."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


class Account:
    """Of one scenario: what happens is told to it, and figures are asked of it."""

    def __init__(self):
        self.messages = {}
        # By message and node: when, and in which of the node's lives.
        self.deliveries = collections.defaultdict(list)
        self.unknown = []
        self.returns = []
        self.cuts = []
        self.first_heard = collections.defaultdict(list)
        # By node: [from, until, killed without notice].
        self._presence = collections.defaultdict(list)

    # -- what happens ----------------------------------------------------------

    def published(self, key, publisher, sent, answered):
        if key in self.messages:
            raise ValueError(f"{key} was published twice")
        self.messages[key] = Message(key, publisher, sent, answered)

    def delivered(self, key, node, at, life=0):
        self.deliveries[key, node].append((at, life))

    def present(self, node, since):
        """From now on everything is expected of the node."""
        self._presence[node].append([since, math.inf, False])

    def absent(self, node, since, hard=False):
        """Nothing is expected of it any more; hard: nor what it had only begun."""
        if self.is_present(node):
            self._presence[node][-1][1:] = [since, hard]

    def returned(self, node, at, within=HEARS_WITHIN):
        """It is expected to hear everything from the first that it hears, but no
        later than this."""
        self.returns.append(Return(node, at, within))

    def is_present(self, node):
        intervals = self._presence[node]
        return bool(intervals) and intervals[-1][1] == math.inf

    def cut(self, groups, begin, end):
        self.cuts.append(Cut(tuple(frozenset(group) for group in groups),
                             begin, end))

    # -- what follows ----------------------------------------------------------

    def heard_times(self, node, since):
        """When a node heard messages that others have published since then: what
        was under way before says nothing."""
        return [at for (key, receiver), heard in self.deliveries.items()
                if receiver == node and key in self.messages
                and self.messages[key].publisher != node
                and self.messages[key].sent >= since
                for at, _ in heard]

    def recoveries(self):
        """Of each return: how long until it heard something; inf if never."""
        result = []
        for one in self.returns:
            ends = [other.at for other in self.returns
                    if other.node == one.node and other.at > one.at]
            end = min(ends, default=math.inf)
            first = min((at for at in self.heard_times(one.node, one.at)
                         if at < end), default=math.inf)
            result.append((one, first - one.at))
        return result

    def intervals(self):
        """By node, all times in which it is to hear everything."""
        result = {node: list(map(tuple, all_of))
                  for node, all_of in self._presence.items()}
        for one, took in self.recoveries():
            since = one.at + min(took, one.within)
            end, hard = math.inf, False
            for begin, until, how in self._presence[one.node]:
                if begin == one.at:
                    end, hard = until, how
                    result[one.node].remove((begin, until, how))
            if since < end:
                result[one.node].append((since, end, hard))
        return result

    def counts(self, message, intervals):
        """Whether the publisher lived long enough to have it sent."""
        def holds(begin, until, hard):
            slack = IN_FLIGHT if hard else 0
            return begin <= message.sent and message.answered + slack <= until
        mine = intervals.get(message.publisher)
        # Who publishes without ever being a node of the scenario always counts.
        return mine is None or any(holds(*one) for one in mine)

    def expected_pairs(self):
        """Message and node, where the one must reach the other at once."""
        intervals = self.intervals()
        nodes = sorted(node for node, mine in intervals.items() if mine)
        for message in self.messages.values():
            if not self.counts(message, intervals):
                continue
            for node in nodes:
                if node == message.publisher or self.cut_off(message, node):
                    continue
                if any(begin <= message.sent and message.sent + IN_FLIGHT <= until
                       for begin, until, _ in intervals[node]):
                    yield message, node

    def cut_off(self, message, node):
        return any(cut.separates(message.publisher, node)
                   and cut.begin - IN_FLIGHT < message.sent < cut.end
                   for cut in self.cuts)

    def latency(self, message, node):
        heard = self.deliveries.get((message.key, node))
        return min(at for at, _ in heard) - message.sent if heard else None

    def across(self, cut, window=WINDOW, within=3.0):
        """What passes when a cut has ended: of what was published before, that
        which the windows still held when the first message came through."""
        result = Across()
        crossing = [(message, node) for message in self.messages.values()
                    for node in self._presence
                    if cut.separates(message.publisher, node)]
        result.recovery = min(
            (at for message, node in crossing
             for at, _ in self.deliveries.get((message.key, node), ())
             if at >= cut.end), default=math.inf) - cut.end
        held_since = cut.end + min(result.recovery, within) - window
        for message, node in crossing:
            if max(cut.begin, held_since) <= message.sent < cut.end:
                result.expected += 1
                took = self.latency(message, node)
                result.delivered += (took is not None and
                                     message.sent + took <= cut.end + within)
        return result

    def repeats(self):
        """Copies in one life, and messages of a former life again: while others'
        windows held them, and later."""
        duplicates = repeated = again = 0
        for (key, _), heard in self.deliveries.items():
            if key not in self.messages:
                continue
            by_life = collections.Counter(life for _, life in heard)
            duplicates += sum(by_life.values()) - len(by_life)
            firsts = sorted(min(at for at, one in heard if one == life)
                            for life in by_life)
            late = sum(at - self.messages[key].sent > REPEATED_WITHIN
                       for at in firsts[1:])
            again += late
            repeated += len(firsts) - 1 - late
        return duplicates, repeated, again

    def figures(self, recovering=3.0):
        """Of all; what is published across a cut so soon after its end is
        expected, but not counted among the latencies."""
        result = Figures(published=len(self.messages))
        latencies = []
        for message, node in self.expected_pairs():
            result.expected += 1
            took = self.latency(message, node)
            if took is None:
                result.lost.append((message.key, message.publisher, node,
                                    message.sent))
                continue
            result.delivered += 1
            if not any(cut.separates(message.publisher, node)
                       and cut.end <= message.sent < cut.end + recovering
                       for cut in self.cuts):
                latencies.append(took)
        result.p50 = percentile(latencies, 0.5)
        result.p99 = percentile(latencies, 0.99)
        result.duplicates, result.repeated, result.again = self.repeats()
        times = [took for _, took in self.recoveries()]
        times += [self.across(cut).recovery for cut in self.cuts]
        result.recovery = max(times, default=math.nan)
        return result
