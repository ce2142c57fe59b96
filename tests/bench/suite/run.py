#!/usr/bin/env python3
"""Runs the benchmarks, see README.md; scripts/bench.sh builds what they need.

Each round measures each case of each implementation once, in turn; the results
are saved after each measurement.
"""
import json
import subprocess
import sys
import time

import load
import machine
import options as command_line
import report
from results import Results
from tasks import all_tasks

# Nothing takes so long unless it hangs.
PATIENCE = 300

# What is shown of a run to who watches.
SHOWN = (("highest_rate", "{:,.0f} messages/s"),
         ("deliveries_per_cpu_s", "{:,.0f} deliveries/CPU s"),
         ("latency_p99_us_at_1000_per_s", "p99 {:,.0f} us at 1,000/s"),
         ("connections_per_s", "{:,.0f} connections/s"),
         ("resident_bytes_per_peer", "{:,.0f} bytes/peer"),
         ("idle_cpu_share", "{:.2%} of a core idle"),
         ("stop_cpu_s", "{:.2f} s CPU to stop"),
         ("latency_p99_us_among", "p99 {:,.0f} us among them"),
         ("latency_p99_us", "p99 {:,.0f} us"),
         ("cpu_us_per_delivery", "{:,.0f} us CPU/delivery"),
         ("completeness", "{:.2%} complete"))


def measure(options, task):
    """One run's figures, or what went wrong."""
    program = options.driver
    if task.part == "micro":
        program = program.with_name("micro_bench")
    command = [str(program), *task.arguments]
    if "--policy" in task.arguments or "--pair-rate" in task.arguments:
        command += ["--pools", str(command_line.ROOT / "build/bench/pools")]
    try:
        done = subprocess.run(command, text=True, timeout=PATIENCE, check=False,
                              capture_output=True)
    except subprocess.TimeoutExpired:
        return {"error": f"took longer than {PATIENCE} s"}
    if done.returncode != 0:
        return {"error": done.stderr.strip() or f"exit {done.returncode}"}
    figures = json.loads(done.stdout)
    return nanoseconds(figures) if task.part == "micro" else figures


def nanoseconds(report):
    """CPU time by benchmark, of what Google Benchmark reports."""
    units = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}
    return {one["name"]: units[one["time_unit"]] * one["cpu_time"]
            for one in report["benchmarks"] if "error_occurred" not in one}


def is_wrong(figures):
    """Whether a run failed, or lost messages at a rate that it had mastered."""
    return ("error" in figures or figures.get("completeness", 1) < 1
            or any(value > 0 for name, value in figures.items()
                   if name.startswith("lost")))


def summary(figures):
    if "error" in figures:
        return "FAILED: " + figures["error"]
    if not any(key in figures for key, _ in SHOWN):
        return f"{len(figures) - 1} figures"
    return ", ".join(form.format(figures[key]) for key, form in SHOWN
                     if key in figures)


def meanwhile(figures):
    """What else the machine did, if it matters."""
    cores = figures["machine"]["others_cores"]
    return (f"; LOADED: others used {cores:.2f} cores"
            if cores > load.MOST_CORES else "")


def run_all(options, results):
    """How many runs were wrong."""
    tasks = all_tasks(options)
    estimate = sum(task.seconds * min(options.runs, task.rounds)
                   for task in tasks)
    print(f"{options.runs} x {len(tasks)} measurements, about "
          f"{estimate / 60:.0f} minutes", flush=True)
    wrong = 0
    for run in range(options.runs):
        for task in tasks:
            if run >= task.rounds:
                continue
            before = load.glance()
            figures = measure(options, task)
            after = load.glance()
            figures["machine"] = load.note(before, after)
            wrong += is_wrong(figures)
            results.add(task.part, task.cell, task.implementation, figures)
            results.save()
            print(f"{run + 1}/{options.runs} {task.part} {task.cell} "
                  f"{task.implementation}: {summary(figures)} "
                  f"({after.time - before.time:.1f} s{meanwhile(figures)})",
                  flush=True)
    return wrong


def main(arguments):
    options = command_line.parse(arguments)
    results = Results(options.output / "benchmarks/latest.json", options.append)
    if options.report:
        print(report.write(results, options.output))
        return 0
    loaded = None if options.loaded or options.short else load.look()
    if loaded:
        print("bench.sh:", loaded, file=sys.stderr)
        return 2
    shown = [word for i, word in enumerate(arguments)
             if word != "--relay" and (i == 0 or arguments[i - 1] != "--relay")]
    results.data["machine"] = machine.describe_machine()
    results.data["versions"] = machine.describe_versions()
    results.data.setdefault("measured", {}).update(
        dict.fromkeys((task.part for task in all_tasks(options)),
                      machine.describe_run(shown)))
    begin = time.monotonic()
    wrong = run_all(options, results)
    page = report.write(results, options.output)
    print(f"{(time.monotonic() - begin) / 60:.1f} minutes; {results.path}, "
          f"{page}")
    if wrong:
        print(f"{wrong} runs failed or lost messages", file=sys.stderr)
    # A loss is a figure; only the short form is a test.
    return 1 if wrong and options.short else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
