"""What the project has set itself, and whether it is met."""
import dataclasses

import cases
from numbers_text import (kibibytes, mebibytes, milliseconds, percent, ratio,
                          short)

OTHERS = tuple(name for name in cases.IMPLEMENTATIONS if name != "grapevine")

# Those whose heartbeat goes on when nothing else happens; rust's waits for
# something to wake the node, hence costs nothing (libp2p-gossipsub 0.50.1).
HEARTBEATS = tuple(name for name in OTHERS if name != "rust")

# Above, the load's core was the limit, and rates are lower bounds.
BUSY = 0.9


@dataclasses.dataclass(frozen=True)
class Target:
    """Grapevine's figure must be so many times the best other one's; for costs
    at most so many times."""

    text: str
    part: str
    cell: str
    figure: str
    factor: float
    is_cost: bool = False
    # Compared with this in place of the others.
    limit: str = None
    others: tuple = OTHERS
    form: object = short


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How it stands; `met` is None where nothing can be said."""

    target: Target
    own: float
    other_name: str
    other: float
    factor: float
    met: object


def all_targets():
    factors = {"unsigned": 3, "signed": 1.5}
    for case in cases.middle_cases():
        name, policy = case.name, case.policy
        yield Target(f"deliveries per CPU second, {policy}", "relay", name,
                     "deliveries_per_cpu_s", factors[policy])
        yield Target(f"deliveries per CPU second, {policy}", "relay", name,
                     "deliveries_per_cpu_s", 2 / 3, limit=cases.LIMIT)
        yield Target(f"highest rate without loss, {policy}", "relay", name,
                     "highest_rate", factors[policy])
        yield Target(f"p99 at 1,000 messages/s in ms, {policy}", "relay", name,
                     "latency_p99_us_at_1000_per_s", 0.5, is_cost=True,
                     form=milliseconds)
    peers = "1000-peers"
    yield Target("resident memory idle, MiB", "connections", peers,
                 "idle_resident_bytes", 0.5, is_cost=True, form=mebibytes)
    yield Target("resident memory per connected peer, KiB", "connections",
                 peers, "resident_bytes_per_peer", 0.25, is_cost=True,
                 form=kibibytes)
    yield Target("connections set up per second", "connections", peers,
                 "connections_per_s", 1.5)
    yield Target("CPU idle with 100 peers, of a core", "connections", peers,
                 "idle_cpu_share", 0.5, is_cost=True, form=percent,
                 others=HEARTBEATS)


def best_other(results, target):
    """(name, figure) of who is to be beaten."""
    names = (target.limit,) if target.limit else target.others
    found = [(name, results.figure(target.part, target.cell, name,
                                   target.figure)) for name in names]
    found = [pair for pair in found if pair[1] is not None]
    if not found:
        return None, None
    choose = min if target.is_cost else max
    return choose(found, key=lambda pair: pair[1])


def outcome(results, target):
    own = results.figure(target.part, target.cell, "grapevine", target.figure)
    name, other = best_other(results, target)
    factor = ratio(own, other)
    met = None
    if factor is not None:
        met = (factor <= target.factor if target.is_cost
               else factor >= target.factor)
        if not met and bounded_by_load(results, target.part, target.cell,
                                       "grapevine", target.figure):
            met = None
    return Outcome(target, own, name, other, factor, met)


def bounded_by_load(results, part, cell, name, figure):
    """Whether the load rather than the node was the limit of a rate."""
    share = {"highest_rate": "highest_rate_generator_core",
             "connections_per_s": "generator_core"}.get(figure)
    busy = share and results.figure(part, cell, name, share)
    return bool(busy and busy > BUSY)


def all_outcomes(results):
    return [outcome(results, target) for target in all_targets()]
