"""The command line."""
import argparse
import fnmatch
import os
import pathlib
import sys

import cases
import growth
from results import PARTS

ROOT = pathlib.Path(__file__).resolve().parents[3]
OUTPUT = ROOT / "docs"
KNOWN = (*cases.IMPLEMENTATIONS, cases.LIMIT, cases.LOOP, *cases.BROKERS)


def make_parser():
    parser = argparse.ArgumentParser(
        prog="scripts/bench.sh",
        description="Measures Grapevine and other implementations side by side")
    parser.add_argument("--part", action="append", choices=PARTS,
                        help="only this part (may be repeated)")
    parser.add_argument("--case", default="*", metavar="PATTERN",
                        help="only cases that match, like signed-1024-8-1, "
                        "20-nodes or *-262144-*")
    parser.add_argument("--only", choices=cases.POLICIES,
                        help="of the relays' cases only this signing policy")
    parser.add_argument("--implementations", metavar="NAME,...",
                        help="only these, of " + ", ".join(KNOWN))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.5,
                        help="a relay's time at full load; its other phases "
                        "follow it (%(default)s)")
    parser.add_argument("--latency-seconds", type=float, default=5,
                        help="how long latencies are measured at each rate "
                        "that is the same for all (%(default)s)")
    parser.add_argument("--growth-of", metavar="NAME,...", default="grapevine",
                        help="whose growth is measured (%(default)s)")
    parser.add_argument("--loaded", action="store_true",
                        help="measure though the machine does something else")
    parser.add_argument("--mesh-rate", type=float, default=20,
                        help="messages per second of a whole mesh "
                        "(%(default)s)")
    parser.add_argument("--matrix", action="store_true",
                        help="the whole cross product of cases: hours")
    parser.add_argument("--short", action="store_true",
                        help="only whether it runs and nothing is lost")
    parser.add_argument("--append", action="store_true",
                        help="add to the runs that are there")
    parser.add_argument("--report", action="store_true",
                        help="measure nothing: only write the report anew")
    parser.add_argument("--output", type=pathlib.Path, default=OUTPUT,
                        metavar="FOLDER",
                        help="gets benchmarks.md and the folder benchmarks "
                        "with results and charts (docs)")
    parser.add_argument("--driver", type=pathlib.Path, default=ROOT /
                        "build/release/tests/bench/bench_driver",
                        help=argparse.SUPPRESS)
    parser.add_argument("--relay", action="append", default=[],
                        metavar="NAME=PROGRAM", help=argparse.SUPPRESS)
    return parser


def parse(arguments):
    parser = make_parser()
    options = parser.parse_args(arguments)
    if options.short:
        options.runs, options.seconds = 1, 0.3
        options.latency_seconds = 0.3
        if options.output == OUTPUT:
            options.output = ROOT / "build/bench/short"
    wanted = (options.implementations.split(",") if options.implementations
              else KNOWN)
    unknown = set(wanted) - set(KNOWN)
    if unknown:
        parser.error("no such implementation: " + ", ".join(sorted(unknown)))
    options.growth_of = options.growth_of.split(",")
    if set(options.growth_of) - set(cases.IMPLEMENTATIONS):
        parser.error("--growth-of: there are " + ", ".join(
            cases.IMPLEMENTATIONS))
    options.loop = cases.LOOP in wanted
    options.relays = {} if options.report else available(options, wanted, parser)
    options.limit = options.relays.pop(cases.LIMIT, None)
    options.brokers = {name: options.relays.pop(name) for name in cases.BROKERS
                       if name in options.relays}
    grows = not (options.report or options.short or
                 options.part and "growth" not in options.part)
    options.peers = growth.peers_here() if grows else ()
    return options


def available(options, wanted, parser):
    """The relays that are there; those that are not are told loudly."""
    programs = dict(text.split("=", 1) for text in options.relay)
    result = {}
    for name in KNOWN:
        if name not in wanted or name not in programs:
            continue
        if pathlib.Path(programs[name]).exists():
            result[name] = programs[name]
            continue
        print(f"*** {name} IS LEFT OUT: there is no {programs[name]}",
              file=sys.stderr)
        if os.environ.get("CI") == "true":
            parser.error(f"{name} must not be left out with CI=true")
    return result


def is_chosen(options, part, cell):
    """Whether the filters let a cell of the results be measured."""
    return ((not options.part or part in options.part)
            and fnmatch.fnmatch(cell, options.case))
