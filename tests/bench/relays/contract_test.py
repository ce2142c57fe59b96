#!/usr/bin/env python3
"""Whether a relay obeys the contract in README.md, alone and with ours:

contract_test.py NAME RELAY GRAPEVINE_RELAY

Both are paths of programs. Exit status 77 when RELAY is not there (1 with
CI=true): build.sh builds it.
"""
import concurrent.futures
import itertools
import json
import os
import queue
import statistics
import subprocess
import sys
import threading
import time

PATIENCE = 30  # seconds, for anything at all
COUNT = 100
RATE = 50
SIZE = 1024
SLOWEST = 5_000_000  # microseconds; the machine may be busy


class Relay:
    """A running relay."""

    def __init__(self, program, *options):
        self.process = subprocess.Popen(
            [program, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()
        self.address = self.line()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))

    def line(self):
        return self.lines.get(timeout=PATIENCE)

    def tell(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def ask(self, command):
        self.tell(command)
        return self.line()

    def latencies(self):
        report = json.loads(self.ask("report"))
        assert report["delivered"] == len(report["latencies_us"]), report
        return report["latencies_us"]

    def end(self):
        """Closes its input; its exit code, and what it wrote to stderr."""
        _, errors = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, errors


def wait_for_mesh(publisher, others):
    """Until what is published comes at once: not only by gossip."""
    deadline = time.monotonic() + PATIENCE
    complete = False
    while not complete:
        assert time.monotonic() < deadline, "no mesh came about"
        publisher.ask("publish 20 0.25 64")
        time.sleep(0.25)
        complete = all([len(one.latencies()) == 5 for one in others])
        time.sleep(1)  # a heartbeat, for what comes late
        for one in others:
            one.latencies()


def collect(relay):
    """The latencies of what comes, until it is all or time is up."""
    deadline = time.monotonic() + PATIENCE
    latencies = relay.latencies()
    while len(latencies) < COUNT and time.monotonic() < deadline:
        time.sleep(0.1)
        latencies += relay.latencies()
    return latencies


def check_publishing(publisher, others):
    wait_for_mesh(publisher, others)
    answer = publisher.ask(f"publish {RATE} {COUNT / RATE} {SIZE}")
    assert answer == f"published {COUNT}", answer
    for one in others:
        latencies = collect(one)
        assert len(latencies) == COUNT, f"{len(latencies)} of {COUNT} came"
        assert min(latencies) >= 0 and max(latencies) < SLOWEST, latencies
        print(f"  median {statistics.median(latencies):.0f} us")
    assert publisher.latencies() == [], "it reports its own messages"


def check_line_of_three(relay, ours, options):
    """A line of three, the last of them ours: the middle one relays."""
    with Relay(relay, *options) as first, Relay(relay, *options) as middle, \
            Relay(ours, *options) as last:
        for end in (first, last):
            answer = end.ask(f"connect {middle.address}")
            assert answer == "connected", answer
        check_publishing(first, (middle, last))
        check_publishing(last, (first, middle))
        for one in (first, middle, last):
            assert one.end() == (0, ""), "no clean end"


def check_failures(relay, _ours, options):
    with Relay(relay, *options) as one, Relay(relay, *options) as gone:
        assert gone.end()[0] == 0
        answer = one.ask(f"connect {gone.address}")
        assert answer.startswith("failed "), answer
        one.tell("sing")
        one.process.wait(PATIENCE)
        code, errors = one.end()
        assert code == 1 and errors.count("\n") == 1, (code, errors)


def check_stop(relay, _ours, options):
    """In order, though a peer is there."""
    with Relay(relay, *options) as one, Relay(relay, *options) as other:
        answer = one.ask(f"connect {other.address}")
        assert answer == "connected", answer
        one.tell("stop")
        one.process.wait(PATIENCE)
        assert one.end() == (0, ""), "no clean end"
        assert other.latencies() == [], "the other one is gone, too"


def main(name, relay, ours):
    if not os.access(relay, os.X_OK):
        print(f"*** bench {name}: the relay is missing: "
              f"run tests/bench/relays/build.sh {name}")
        return 1 if os.environ.get("CI") == "true" else 77
    cases = [(check_failures, ["--topics", "2"])]
    cases += [(check_line_of_three, [*policy, "--topics", topics])
              for policy, topics in itertools.product(
                  ([], ["--unsigned"]), ("1", "50"))]
    if name == "grapevine":
        cases.append((check_stop, []))
    failed = 0
    with concurrent.futures.ThreadPoolExecutor() as pool:
        runs = [(case, pool.submit(case[0], relay, ours, case[1]))
                for case in cases]
        for (check, options), run in runs:
            error = run.exception()
            failed += error is not None
            print(f"{name} {check.__name__} {' '.join(options)}:",
                  f"FAILED: {error!r}" if error else "passed")
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
