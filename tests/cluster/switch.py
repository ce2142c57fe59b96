#!/usr/bin/env python3
"""A switch in userspace, for kernels without netem: loses, delays and reorders
frames. switch.py [OPTIONS] NAMESPACE... gives each namespace a device eth0, and
runs until it is killed or its standard input ends.
"""
import argparse
import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TAP, IFF_NO_PI = 0x0002, 0x1000
BROADCAST_BIT = 1


class Line:
    """What happens to the frames of one direction of one port.

    They keep their order, but for those that overtake all others, and the delay
    of those that do not is drawn for each anew."""

    def __init__(self, options, seed):
        self._loss, self._reorder = options.loss, options.reorder
        self._delay, self._jitter = options.delay, options.jitter
        self._random = random.Random(seed)
        self._last = 0.0

    def due(self, now):
        """When a frame is to leave; None if it is lost."""
        if self._random.random() < self._loss:
            return None
        if self._random.random() < self._reorder:
            return now
        at = now + self._delay + self._random.uniform(-self._jitter, self._jitter)
        self._last = max(self._last, at)
        return self._last


class Switch:
    """Learns who is where, as any does; ports are numbers."""

    def __init__(self, ports):
        self._ports = ports
        self._known = {}

    def receivers(self, port, frame):
        to, source = frame[:6], frame[6:12]
        self._known[source] = port
        if to[0] & BROADCAST_BIT or to not in self._known:
            return [other for other in range(self._ports) if other != port]
        return [self._known[to]] if self._known[to] != port else []


def device(namespace):
    """A TAP device in that namespace, as its eth0."""
    name = f"gvs{os.getpid()}"[:15]
    descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(descriptor, TUNSETIFF,
                struct.pack("16sH22x", name.encode(), IFF_TAP | IFF_NO_PI))
    subprocess.run(["ip", "link", "set", name, "netns", namespace, "name", "eth0"],
                   check=True)
    return descriptor


def forward(descriptors, lines):
    switch = Switch(len(descriptors))
    ports = {descriptor: port for port, descriptor in enumerate(descriptors)}
    poll = select.epoll()
    for descriptor in (*descriptors, sys.stdin.fileno()):
        poll.register(descriptor, select.EPOLLIN)
    waiting, count = [], 0
    while True:
        pause = max(0.0, waiting[0][0] - time.monotonic()) if waiting else -1
        for descriptor, _ in poll.poll(pause):
            if descriptor not in ports:
                return # whoever started it is gone
            port = ports[descriptor]
            try:
                while True:
                    frame = os.read(descriptor, 65536)
                    at = lines[port].due(time.monotonic())
                    if at is not None:
                        count += 1
                        heapq.heappush(waiting, (at, count, port, frame))
            except (BlockingIOError, OSError):
                pass
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, _, port, frame = heapq.heappop(waiting)
            for other in switch.receivers(port, frame):
                try:
                    os.write(descriptors[other], frame)
                except OSError:
                    pass # its node is not up: a cable without an end


def parse(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--loss", type=float, default=0, help="of 1")
    parser.add_argument("--delay", type=float, default=0, help="in seconds")
    parser.add_argument("--jitter", type=float, default=0, help="in seconds")
    parser.add_argument("--reorder", type=float, default=0, help="of 1")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("namespaces", nargs="+")
    return parser.parse_args(arguments)


def main():
    options = parse()
    descriptors = [device(name) for name in options.namespaces]
    lines = [Line(options, options.seed * 1000 + port)
             for port in range(len(descriptors))]
    print("ready", flush=True)
    forward(descriptors, lines)


if __name__ == "__main__":
    main()
