"""What is to be measured in each round, in which order."""
import cases
import growth_tasks
import options as command_line
from task import Task, loaded, relay_task


def all_tasks(options):
    """The implementations take turns within each case, so that what else the
    machine does hits all of them."""
    tasks = [*relay_tasks(options), *both_cores_tasks(options),
             *connection_tasks(options), *growth_tasks.growth_tasks(options),
             *mesh_tasks(options), *broker_tasks(options),
             *micro_tasks(options)]
    return [task for task in tasks
            if command_line.is_chosen(options, task.part, task.cell)]


def relay_cases(options):
    if options.short:
        return [cases.RelayCase("signed")]
    chosen = cases.all_cases() if options.matrix else cases.default_cases()
    return [case for case in chosen if options.only in (None, case.policy)]


def rates_of(options, case):
    """In the middle all; the last alone elsewhere, or the first where not all
    reach that."""
    if options.short:
        return cases.RATES[-1:]
    if case in cases.middle_cases():
        return cases.RATES
    few = case.subscribers > 8 or case.size > 16_384
    return cases.RATES[:1] if few else cases.RATES[-1:]


def percents_of(case):
    return cases.PERCENTS if case in cases.middle_cases() else ()


def compared_with(options, case):
    """The limit's latencies are of interest in the middle alone."""
    if options.loop:
        yield Task("relay", case.name, cases.LOOP,
                   ("loop", *case.arguments(),
                    "--seconds", str(options.seconds)), 0.1 + options.seconds)
    if options.limit:
        rates = rates_of(options, case) if percents_of(case) else ()
        yield loaded(options, "relay", case, cases.LIMIT, rates,
                     percents_of(case))


def relay_tasks(options):
    for case in relay_cases(options):
        yield from compared_with(options, case)
        for name in options.relays:
            yield loaded(options, "relay", case, name,
                         rates_of(options, case), percents_of(case))


def both_cores_tasks(options):
    if options.short:
        return
    for case in cases.middle_cases():
        if options.only in (None, case.policy):
            for name in options.relays:
                yield loaded(options, "both_cores", case, name,
                             cases.RATES[-1:])


def slow(name, seconds, more):
    """About how long something takes whose preparation takes node longer."""
    return seconds + more * (name == "js")


def connection_tasks(options):
    peers, more = 1000, ()
    if options.short:
        peers = 50
        more = ("--idle-peers", "10", "--seconds", "0.5", "--settle", "0.2")
    for name, program in options.relays.items():
        yield Task("connections", f"{peers}-peers", name,
                   ("connections", "--program", program, "--peers", str(peers),
                    *more), 2 if options.short else slow(name, 12, 12))


def mesh_tasks(options):
    more = ("--rate", str(options.mesh_rate))
    if options.short:
        more += ("--forming", "2", "--seconds", "1")
    for nodes in [5] if options.short else [20, 50]:
        for name, program in options.relays.items():
            yield Task("mesh", f"{nodes}-nodes", name,
                       ("mesh", "--program", program, "--nodes", str(nodes),
                        *more), 7 if options.short
                       else slow(name, 12.5 + 0.08 * nodes, 0.5 * nodes))


def broker_tasks(options):
    """As the relays in the middle, but for their signatures."""
    case = cases.RelayCase("unsigned")
    for name, program in options.brokers.items():
        yield relay_task(options, "brokers", case, name, rates_of(options, case),
                         (), ("broker", "--broker", name, "--program", program))


def micro_tasks(options):
    """All single steps as one, of another program."""
    if "grapevine" in options.relays and not options.short:
        yield Task("micro", "steps", "grapevine",
                   ("--benchmark_format=json", "--benchmark_min_time=0.03"), 25)
