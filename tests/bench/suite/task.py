"""One run of a program."""
import dataclasses

import cases


@dataclasses.dataclass(frozen=True)
class Task:
    """One run of a program, and where its figures go."""

    part: str
    cell: str
    implementation: str
    arguments: tuple
    # About how long it takes.
    seconds: float
    # In how many rounds at most.
    rounds: int = 1000


def numbers(name, values):
    """An argument with a list, where there is one."""
    return (name, ",".join(map(str, values))) if values else ()


def loaded(options, part, case, name, rates=(), percents=()):
    """A relay from full load to latencies."""
    program = options.limit if name == cases.LIMIT else options.relays[name]
    return relay_task(options, part, case, name, rates, percents,
                      ("relay", "--program", program,
                       *["--both-cores"] * (part == "both_cores")))


def relay_task(options, part, case, name, rates, percents, what):
    """`what` is the beginning of the command, and says who relays."""
    arguments = (*what, *case.arguments(), "--seconds", str(options.seconds),
                 "--rate-seconds", str(options.latency_seconds),
                 *numbers("--rates", rates), *numbers("--percents", percents))
    phases = 3.7 + 0.5 * len(percents)
    return Task(part, case.name, name, arguments,
                1.3 + phases * options.seconds
                + options.latency_seconds * len(rates))
