#!/usr/bin/env python3
"""Runs the benchmarks, see README.md; scripts/bench.sh builds what they need.

Each round measures each case of each implementation once, in turn, and is saved
at once.
"""
import argparse
import fnmatch
import json
import os
import pathlib
import subprocess
import sys
import time

import cases
from results import PARTS, Results

ROOT = pathlib.Path(__file__).resolve().parents[3]


def options_of(arguments):
    parser = argparse.ArgumentParser(
        prog="scripts/bench.sh",
        description="Measures Grapevine and other implementations side by side")
    parser.add_argument("--part", action="append", choices=PARTS,
                        help="only this part (may be repeated)")
    parser.add_argument("--case", default="*", metavar="PATTERN",
                        help="only cases like signed-1024-8-1 that match")
    parser.add_argument("--only", choices=cases.POLICIES,
                        help="only this signing policy")
    parser.add_argument("--implementations", metavar="NAME,...",
                        help="only these, of " + ", ".join(
                            (*cases.IMPLEMENTATIONS, cases.LIMIT)))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0,
                        help="the time at full load; other phases follow it")
    parser.add_argument("--matrix", action="store_true",
                        help="the whole cross product of cases: hours")
    parser.add_argument("--short", action="store_true",
                        help="seconds: only whether it runs and nothing is lost")
    parser.add_argument("--append", action="store_true",
                        help="add to the runs that are there")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "docs",
                        metavar="FOLDER",
                        help="where benchmarks/latest.json is")
    parser.add_argument("--driver", type=pathlib.Path, default=ROOT /
                        "build/release/tests/bench/bench_driver")
    parser.add_argument("--relay", action="append", default=[],
                        metavar="NAME=PROGRAM", help="an implementation's relay")
    options = parser.parse_args(arguments)
    if options.short:
        options.runs, options.seconds = 1, 0.3
        options.output = ROOT / "build/bench/short"
    options.relays = available_relays(options, parser)
    return options


def available_relays(options, parser):
    """The programs that are there; those that are not are told loudly."""
    wanted = (options.implementations.split(",") if options.implementations
              else [*cases.IMPLEMENTATIONS, cases.LIMIT])
    result = {}
    for name, program in (text.split("=", 1) for text in options.relay):
        if name not in wanted:
            continue
        if pathlib.Path(program).exists():
            result[name] = program
            continue
        print(f"*** {name} IS LEFT OUT: there is no {program}", file=sys.stderr)
        if os.environ.get("CI") == "true":
            parser.error(f"{name} must not be left out with CI=true")
    options.limit = cases.LIMIT in wanted
    return result


def chosen_cases(options):
    if options.short:
        return [cases.RelayCase("signed")]
    return cases.all_cases() if options.matrix else cases.default_cases()


def relay_tasks(options):
    """(part, cell, implementation, the driver's arguments) in turn."""
    for part, part_cases, extra in (
            ("relay", chosen_cases(options), []),
            ("both_cores", cases.middle_cases(), ["--both-cores"])):
        if options.short and part != "relay":
            continue
        for case in part_cases:
            if (not fnmatch.fnmatch(case.name, options.case)
                    or options.only not in (None, case.policy)):
                continue
            arguments = [*case.arguments(), "--seconds", str(options.seconds)]
            if options.limit and part == "relay":
                yield part, case.name, cases.LIMIT, ["limit", *arguments]
            for name, program in options.relays.items():
                yield (part, case.name, name,
                       ["relay", "--program", program, *arguments, *extra])


def tasks_of(options):
    return [task for task in relay_tasks(options)
            if not options.part or task[0] in options.part]


def measure(options, arguments):
    """One run's figures, or what went wrong."""
    command = [options.driver, *arguments]
    pools = ROOT / "build/bench/pools"
    if "--policy" in arguments:
        command += ["--pools", pools]
    try:
        done = subprocess.run(command, text=True, timeout=300, check=False,
                              capture_output=True)
    except subprocess.TimeoutExpired:
        return {"error": "timed out"}
    sys.stderr.write(done.stderr)
    if done.returncode != 0:
        return {"error": done.stderr.strip() or f"exit {done.returncode}"}
    return json.loads(done.stdout)


def is_wrong(figures):
    """Whether a run failed, or lost messages at a rate that it had mastered."""
    return "error" in figures or any(
        value > 0 for name, value in figures.items() if name.startswith("lost"))


def summary(figures):
    """One line for who watches."""
    if "error" in figures:
        return "FAILED: " + figures["error"].splitlines()[0]
    parts = []
    for key, unit in (("highest_rate", "messages/s"),
                      ("deliveries_per_cpu_s", "deliveries/CPU s"),
                      ("latency_p99_us_at_1000_per_s", "us p99 at 1000/s")):
        if key in figures:
            parts.append(f"{figures[key]:,.0f} {unit}")
    return ", ".join(parts)


def run_all(options, results):
    tasks = tasks_of(options)
    failed = 0
    for run in range(options.runs):
        for part, cell, name, arguments in tasks:
            begin = time.monotonic()
            figures = measure(options, arguments)
            failed += is_wrong(figures)
            results.add(part, cell, name, figures)
            results.save()
            print(f"{run + 1}/{options.runs} {part} {cell} {name}: "
                  f"{summary(figures)} ({time.monotonic() - begin:.1f} s)",
                  flush=True)
    return failed


def main(arguments):
    options = options_of(arguments)
    results = Results(options.output / "benchmarks/latest.json", options.append)
    failed = run_all(options, results)
    print(f"results: {results.path}")
    if failed:
        print(f"{failed} runs failed or lost messages", file=sys.stderr)
    # A loss is a figure; only the short form is a test.
    return 1 if failed and options.short else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
