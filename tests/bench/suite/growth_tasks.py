"""The growth of a node with its peers, topics, subscribers and messages."""
import cases
import growth
from growth import AXES
from task import Task


def growth_tasks(options):
    if options.short:
        axes = ((crowd_task, "peers", (50,)), (topics_task, "topics", (100,)))
    else:
        axes = ((crowd_task, "peers", options.peers),
                (topics_task, "topics", growth.TOPICS),
                (subscribers_task, "subscribers", growth.SUBSCRIBERS),
                (size_task, "size", growth.SIZES))
    for task, axis, values in axes:
        for value in values:
            for name in options.growth_of:
                if name in options.relays:
                    yield task(options, AXES[axis].cell(value), name, value)


def crowd_task(options, cell, name, peers):
    """Idle peers, and an honest pair beside them."""
    pair = options.latency_seconds
    idle, settle = (0.5, 0.2) if options.short else (5, 2)
    # The others have no command for it.
    stop = ["--stop"] * (name == "grapevine")
    arguments = ("connections", "--program", options.relays[name],
                 "--peers", str(peers), "--idle-peers", str(peers),
                 "--seconds", str(idle), "--settle", str(settle),
                 "--pair-rate", str(growth.PAIR_RATE),
                 "--pair-seconds", str(pair), *stop)
    return Task("growth", cell, name, arguments,
                1 + peers / 1200 + idle + 3 * settle + 2 * pair,
                growth.MOST_RUNS)


def topics_task(options, cell, name, topics):
    return steady(options, cell, name, cases.RelayCase(
        "unsigned", topics=topics), growth.TOPICS_RATE)


def subscribers_task(options, cell, name, subscribers):
    return steady(options, cell, name, cases.RelayCase(
        "unsigned", subscribers=subscribers), growth.SUBSCRIBERS_RATE,
        "--window", str(growth.SUBSCRIBERS_WINDOW))


def size_task(options, cell, name, size):
    return steady(options, cell, name, cases.RelayCase("unsigned", size),
                  growth.SIZES_RATE)


def steady(options, cell, name, case, rate, *more):
    """A relay under full load and at a rate that it does with ease, of unsigned
    messages: to check signatures would be most of what each costs."""
    arguments = ("relay", "--program", options.relays[name],
                 *case.arguments(), "--no-search", *more,
                 "--seconds", str(options.seconds), "--rates", str(rate),
                 "--rate-seconds", str(options.latency_seconds))
    return Task("growth", cell, name, arguments,
                1.5 + 1.7 * options.seconds + options.latency_seconds,
                growth.MOST_RUNS)
