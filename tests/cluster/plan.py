#!/usr/bin/env python3
"""What `grapevine sim` predicts of a mesh on this machine, and what is measured of
it there: plan.py [SCENARIO.toml...]; README.md says how. Needs root.
"""
import argparse
import asyncio
import collections
import json
import math
import os
import pathlib
import random
import subprocess
import sys
import time
import tomllib

import network
from account import percentile
from cluster import Cluster
from node import TOPIC
from run import ROOT, keep_time

SCENARIOS = [ROOT / "sim/scenarios" / name
             for name in ("mesh-12.toml", "mesh-100.toml")]
PUBLISH = f"/api/v1/publish?topic={TOPIC}"
UNITS = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20}
# Types of a trace's events, and fields (proto/trace.proto).
PUBLISHED, DELIVERED = 0, 3
TYPE, TIMESTAMP, MESSAGE_ID = 1, 3, 1
DETAILS = {PUBLISHED: 4, DELIVERED: 7}
# Seconds before the first message that counts: meshes settle, memory is there.
WARMS_UP = 5.0
# Seconds that the last message may take.
ARRIVES = 2.0

# Times in milliseconds, CPU in microseconds of a delivery, and the part that came.
Figures = collections.namedtuple("Figures", "p50 p99 cpu came")


# -- what is predicted -----------------------------------------------------------

def predict(settings, file, scale=1.0):
    """Of the time in which messages are published, as it is measured; operations
    take `scale` times as long as where their costs were measured."""
    text = file.read_text("utf-8")
    scaled = settings.folder / f"{file.stem}-scaled.toml"
    settings.folder.mkdir(parents=True, exist_ok=True)
    scaled.write_text(text.replace("[network]\n",
                                   f"[network]\ncost-scale = {scale}\n"), "utf-8")
    report = json.loads(subprocess.run(
        [settings.program, "sim", scaled, "--json", "--seed", str(settings.seed)],
        check=True, capture_output=True, text=True).stdout)
    busy = [one for one in report["slices"] if one["published"]]
    length = report["duration_ms"] / 1000 / len(report["slices"])
    cpu = sum(one["cpu_per_node"] for one in busy) * length * report["nodes"]
    return Figures(report["latency_ms"]["p50"], report["latency_ms"]["p99"],
                   cpu * 1e6 / sum(one["delivered"] for one in busy),
                   report["delivery_rate"])


# -- what is measured ------------------------------------------------------------

def links(size, dials, seed):
    """Whom each dials: the next one, and others at random, as the simulator has
    it."""
    draw, there, known = random.Random(seed), set(), [[] for _ in range(size)]

    def link(one, other):
        if one == other or {(one, other), (other, one)} & there:
            return False
        there.add((one, other))
        known[one].append(other)
        return True

    for node in range(size):
        link(node, (node + 1) % size)
    for node in range(size):
        made = tries = 0
        while made < dials - 1 and tries < 8 * dials:
            made += link(node, draw.randrange(size))
            tries += 1
    return known


def bytes_of(size):
    """Of a number, or a text such as 1KiB."""
    if isinstance(size, int):
        return size
    number = size.rstrip("BKMi")
    return int(number) * UNITS[size[len(number):] or "B"]


def cpu_seconds(pid):
    """Of a process so far."""
    times = pathlib.Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")")[1]
    user, system = times.split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def varint(data, at):
    """A number, and what is behind it."""
    number = shift = 0
    while True:
        number |= (data[at] & 0x7f) << shift
        shift, at = shift + 7, at + 1
        if data[at - 1] < 0x80:
            return number, at


def fields(data):
    """Of a protobuf message, as far as they are numbers and bytes."""
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        value, at = varint(data, at)
        if tag & 7 == 2:
            value, at = data[at:at + value], at + value
        yield tag >> 3, value


def events(trace):
    """Publishing and deliveries in a node's trace: type, message id, and when by
    the real-time clock in milliseconds."""
    data, at = trace.read_bytes(), 0
    while at < len(data):
        size, at = varint(data, at)
        event = dict(fields(data[at:at + size]))
        at += size
        if event[TYPE] in DETAILS:
            details = dict(fields(event[DETAILS[event[TYPE]]]))
            yield event[TYPE], details[MESSAGE_ID], event[TIMESTAMP] / 1e6


def latencies(traces, since):
    """In milliseconds, of what was published since then, and the part of those
    that should come that came."""
    published, delivered = {}, []
    for node, trace in enumerate(traces):
        for kind, message, at in events(trace):
            if kind == DELIVERED:
                delivered.append((node, message, at))
            elif at >= since:
                published[message] = node, at
    found = [at - published[message][1] for node, message, at in delivered
             if message in published and published[message][0] != node]
    expected = len(published) * (len(traces) - 1)
    return found, len(found) / expected if expected else math.nan


async def publish(cluster, traffic, seconds, draw):
    """At nodes that are drawn, as the scenario has it; waits for no answer."""
    size = bytes_of(traffic.get("size", 1024))
    due, end, asked = time.monotonic(), time.monotonic() + seconds, []
    while True:
        due += draw.uniform(0, 2 / traffic.get("rate", 1))
        if due >= end:
            break
        await asyncio.sleep(max(0, due - time.monotonic()))
        node = draw.choice(cluster.nodes)
        text = (cluster.traffic.name(node.number) + " ").ljust(size, ".").encode()
        asked.append(asyncio.create_task(node.api.ask("POST", PUBLISH, text)))
    await asyncio.gather(*asked)
    await asyncio.sleep(ARRIVES)


async def measure(settings, file):
    plan = tomllib.loads(file.read_text("utf-8"))
    (group,), (traffic,) = plan["group"], plan["messages"]
    draw = random.Random(settings.seed)
    peers = links(group["nodes"], plan["topology"].get("dials", 6), settings.seed)
    async with Cluster(settings, file.stem, len(peers), peers) as cluster:
        nodes = cluster.nodes
        traces = [cluster.folder / f"trace-{node.number}" for node in nodes]
        for node, trace in zip(nodes, traces):
            node.heard = settings.clients
            if settings.alone:
                # Its threads inherit it.
                node.wrapper = ["chrt", "--rr", "1"]
            node.options = ["--trace-file", str(trace),
                            "--trace-format", "protobuf"]
            for key, value in group.items():
                if key not in ("name", "nodes"):
                    node.options += [f"--{key}", str(value)]
            node.start()
        await cluster.form()
        await publish(cluster, traffic, WARMS_UP, draw)
        since, spent = time.time() * 1e3, sum(cpu_seconds(node.pid) for node in nodes)
        await publish(cluster, traffic, settings.seconds, draw)
        spent = sum(cpu_seconds(node.pid) for node in nodes) - spent
        for node in nodes:
            await node.end()
        found, came = latencies(traces, since)
        for complaint in cluster.complaints:
            print(f"{file.stem}: {complaint}", file=sys.stderr)
        return Figures(percentile(found, 0.5), percentile(found, 0.99),
                       spent * 1e6 / max(1, len(found)), came)


# -- both ------------------------------------------------------------------------

def compare(settings, file):
    """Prints them, and returns the part that the latencies are off by at most once
    it is known how much CPU a delivery takes here and now."""
    measured = asyncio.run(measure(settings, file))
    usual = predict(settings, file)
    scale = measured.cpu / usual.cpu
    here = predict(settings, file, scale)
    print(f"{file.stem:<12} {'measured':>9} {'predicted':>9}      off  "
          f"at this CPU      off")
    for name, unit in (("p50", "ms"), ("p99", "ms"), ("cpu", "us"), ("came", "")):
        found, one, other = (getattr(figures, name)
                             for figures in (measured, usual, here))
        print(f"  {name + ' ' + unit:<10} {found:>9.4g} {one:>9.4g} "
              f"{one / found - 1:>+8.0%} {other:>12.4g} {other / found - 1:>+8.0%}",
              flush=True)
    return max(abs(here.p50 / measured.p50 - 1), abs(here.p99 / measured.p99 - 1))


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=pathlib.Path,
                        default=ROOT / "build/release/app/grapevine")
    parser.add_argument("--folder", type=pathlib.Path,
                        default=ROOT / "build/cluster")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=20,
                        help="of measured traffic")
    parser.add_argument("--alone", action="store_true",
                        help="the nodes have the processor before all others")
    parser.add_argument("--clients", action="store_true",
                        help="a client listens at each node's API, too")
    parser.add_argument("--within", type=float, default=math.inf,
                        help="fails if a latency is further off, as in 0.2")
    parser.add_argument("files", nargs="*", type=pathlib.Path, default=SCENARIOS)
    settings = parser.parse_args()
    settings.program = settings.program.resolve()
    settings.folder = settings.folder.resolve()
    return settings


def main():
    settings = parse()
    if os.geteuid() != 0:
        print("namespaces need root", file=sys.stderr)
        return 2
    network.remove_leftovers()
    keep_time()
    off = [compare(settings, file) for file in settings.files]
    return 0 if max(off) <= settings.within else 1


if __name__ == "__main__":
    sys.exit(main())
