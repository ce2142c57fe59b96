#!/usr/bin/env python3
"""Runs nodes in a network of their own, lets things fail, and accounts for each
message: README.md. run.py --list, run.py [--quick] [SCENARIO...]. Needs root.
"""
import argparse
import asyncio
import contextlib
import fnmatch
import json
import os
import pathlib
import signal
import sys
import time

import network
import report
import scenarios # makes them known
from scenario import SCENARIOS, Outcome

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Beyond what a scenario says that it takes.
PATIENCE = 60


def parse(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=pathlib.Path,
                        default=ROOT / "build/release/app/grapevine")
    parser.add_argument("--folder", type=pathlib.Path,
                        default=ROOT / "build/cluster",
                        help="for logs, and results.md and results.json")
    parser.add_argument("--report", type=pathlib.Path, metavar="FILE",
                        help="what results.md says, as a page to be kept")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--quick", action="store_true",
                        help="those that are run for every change")
    parser.add_argument("names", nargs="*", metavar="SCENARIO",
                        help="name or pattern; default: all")
    settings = parser.parse_args(arguments)
    settings.chosen = choose(parser, settings)
    settings.program = settings.program.resolve()
    settings.folder = settings.folder.resolve()
    return settings


def choose(parser, settings):
    for pattern in settings.names:
        if not fnmatch.filter(SCENARIOS, pattern):
            parser.error(f"there is no scenario {pattern}: --list has them all")
    return [one for name, one in SCENARIOS.items()
            if (one.quick or not settings.quick)
            and (not settings.names or
                 any(fnmatch.fnmatch(name, pattern) for pattern in settings.names))]


def print_list(chosen):
    for one in chosen:
        print(f"{one.name:<24} {one.seconds:>4.0f} s  {'quick' * one.quick:<5}  "
              f"{one.about}")
    print(f"{len(chosen)} scenarios, about "
          f"{sum(one.seconds for one in chosen) / 60:.0f} minutes")


async def run_one(settings, one):
    """Its outcome; what went wrong in it is one, too. Ends it if asked to."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    try:
        return await asyncio.wait_for(one.run(settings), one.seconds + PATIENCE)
    except TimeoutError:
        return Outcome(None, [f"it takes longer than {one.seconds + PATIENCE:.0f} s"])
    except (RuntimeError, OSError, EOFError) as reason:
        return Outcome(None, [f"{type(reason).__name__}: {reason}"])


def keep_time():
    """Whatever the machine does: what is late here is no latency of a node."""
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK,
                              os.sched_param(1))


def run_all(settings):
    outcomes = {}
    for one in settings.chosen:
        print(f"{one.name}: {one.about}", flush=True)
        begin = time.monotonic()
        outcome = asyncio.run(run_one(settings, one))
        outcome.seconds, outcome.about = time.monotonic() - begin, one.about
        outcomes[one.name] = outcome
        print("  " + "  ".join(report.row(one.name, outcome)[1:]).rstrip()
              + f"  ({outcome.seconds:.0f} s)", flush=True)
        for complaint in outcome.complaints[:20]:
            print(f"  {complaint}", flush=True)
        save(settings.folder, outcomes)
    return outcomes


def save(folder, outcomes):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.md").write_text(report.markdown(outcomes), "utf-8")
    (folder / "results.json").write_text(
        json.dumps(report.data(outcomes), indent=1) + "\n", "utf-8")


def main():
    settings = parse()
    if settings.list:
        print_list(settings.chosen)
        return 0
    if os.geteuid() != 0:
        print("namespaces need root", file=sys.stderr)
        return 2
    if not settings.program.is_file():
        print(f"{settings.program} is missing: make build", file=sys.stderr)
        return 2
    network.remove_leftovers()
    keep_time()
    try:
        outcomes = run_all(settings)
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("interrupted; nothing of it is left", file=sys.stderr)
        return 130
    print("\n" + report.text(outcomes))
    print(f"\nkept in {settings.folder / 'results.md'}")
    if settings.report:
        settings.report.write_text(report.page(outcomes), "utf-8")
    failed = sum(not outcome.passed for outcome in outcomes.values())
    print(f"\n{len(outcomes) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
