"""A network of its own: a namespace for each node, and one between them, in which
a bridge, or a switch in userspace, connects them. Nothing of it is seen outside,
and it is gone with its namespaces. Needs root, ip, tc and nsenter.
"""
import contextlib
import os
import pathlib
import re
import signal
import subprocess
import sys

PREFIX = "gvc-"
PLACE = pathlib.Path("/run/netns")
HERE = pathlib.Path(__file__).parent


def run(*command, **options):
    """What it prints; what it complains of is raised."""
    # Whoever ends a run may end its group, and this is what cleans up.
    done = subprocess.run(command, text=True, capture_output=True, check=False,
                          start_new_session=True, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def remove(namespace):
    """With all processes in it; a network device goes with its namespace."""
    for process in run("ip", "netns", "pids", namespace).split():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(process), signal.SIGKILL)
    run("ip", "netns", "delete", namespace)


def remove_leftovers():
    """Of runs that are no more; those that still run are left alone."""
    for path in PLACE.glob(PREFIX + "*") if PLACE.exists() else ():
        owner = re.match(rf"{PREFIX}(\d+)-", path.name)
        if owner and not pathlib.Path("/proc", owner[1]).exists():
            remove(path.name)


class Network:
    """So many nodes, numbered from 0, each with an address of 10.99.0.0/16."""

    def __init__(self, size, switch=None):
        """switch: None for a bridge, or the arguments of switch.py."""
        self.size = size
        self._mark = f"{PREFIX}{os.getpid()}-"
        self._hub = self._mark + "hub"
        self._switch = None
        # How often a node has got another address.
        self._moves = [0] * size
        self._bridges = {"whole"}
        try:
            self._make_namespaces()
            if switch is None:
                self._make_bridge()
            else:
                self._start_switch(switch)
        except BaseException:
            self.close()
            raise

    def close(self):
        if self._switch:
            self._switch.kill()
            self._switch.wait()
        for path in PLACE.glob(self._mark + "*"):
            remove(path.name)

    # -- nodes -----------------------------------------------------------------

    def namespace(self, node):
        return f"{self._mark}{node}"

    def inside(self, node):
        """What a command that runs in the node's network begins with."""
        return ["nsenter", f"--net={PLACE / self.namespace(node)}", "--"]

    def address(self, node):
        return f"10.99.{self._moves[node]}.{node + 1}"

    def move(self, node):
        """Gives a node another address; it loses the one that it had."""
        before = self.address(node)
        self._moves[node] += 1
        self._in(node, f"addr del {before}/16 dev eth0",
                 f"addr add {self.address(node)}/16 dev eth0")

    # -- faults ----------------------------------------------------------------

    def unplug(self, node):
        """Nothing comes and goes any more, and nothing tells the node of it."""
        self._in_hub(f"link set p{node} nomaster")

    def plug(self, node, bridge="whole"):
        if bridge not in self._bridges:
            self._in_hub(f"link add {bridge} type bridge", f"link set {bridge} up")
            self._bridges.add(bridge)
        self._in_hub(f"link set p{node} master {bridge}")

    def limit(self, node, rate):
        """Bits per second in each direction, e.g. 1mbit, with a queue of 100 ms."""
        shape = ("root", "tbf", "rate", rate, "burst", "8kb", "latency", "100ms")
        run("tc", "-n", self.namespace(node), "qdisc", "add", "dev", "eth0", *shape)
        run("tc", "-n", self._hub, "qdisc", "add", "dev", f"p{node}", *shape)

    def unlimit(self, node):
        for where, device in ((self.namespace(node), "eth0"),
                              (self._hub, f"p{node}")):
            run("tc", "-n", where, "qdisc", "del", "dev", device, "root")

    # -- how it is made --------------------------------------------------------

    def _make_namespaces(self):
        for name in (self._hub, *map(self.namespace, range(self.size))):
            run("ip", "netns", "add", name)

    def _make_bridge(self):
        self._in_hub("link add whole type bridge", "link set whole up")
        for node in range(self.size):
            self._in_hub(f"link add p{node} type veth peer name eth0 netns "
                         + self.namespace(node),
                         f"link set p{node} master whole up")
            self._up(node)

    def _up(self, node):
        self._in(node, "link set lo up", "link set eth0 up",
                 f"addr add {self.address(node)}/16 dev eth0")

    def _start_switch(self, arguments):
        """It says when it is there, which is when its devices are."""
        self._switch = subprocess.Popen(
            [sys.executable, str(HERE / "switch.py"), *arguments,
             *map(self.namespace, range(self.size))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self._switch.stdout.readline() != "ready\n":
            raise RuntimeError("the switch did not start")
        for node in range(self.size):
            self._up(node)

    def _in(self, node, *commands):
        self._batch(self.namespace(node), commands)

    def _in_hub(self, *commands):
        self._batch(self._hub, commands)

    @staticmethod
    def _batch(namespace, commands):
        run("ip", "-n", namespace, "-batch", "-", input="\n".join(commands))
