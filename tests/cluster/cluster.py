"""Nodes in a network, and the account of what they publish and hear."""
import asyncio
import pathlib
import shutil
import signal
import tempfile
import time

import account
from network import Network
from node import Node
from traffic import Traffic

# Until each node has this many in its mesh, or all that there are.
MESH = 4
FORMS_WITHIN = 20.0
# What may still be under way when the last message is published.
SETTLES = 1.5


# A name that has the addresses of all nodes; each has one of its own, besides.
ALL = "all"


def name_of(node):
    return f"n{node}"


def circle(size):
    """Each node knows these: no four can cut the others apart."""
    return [sorted({(node + away) % size for away in (1, 2, 3, size // 2)}
                   - {node}) for node in range(size)]


class Cluster:
    """async with Cluster(...) as cluster: nodes are there, and do not run yet.
    `peers` has for each whom it knows, by number or name."""

    def __init__(self, settings, name, size=12, peers=None, switch=None, rate=30):
        self.program = settings.program
        self.folder = settings.folder / name
        self.account = account.Account()
        self.complaints = []
        # What a node's API did not tell, as too much came at once.
        self.missed = 0
        self.network = None
        self.sockets = None
        self.nodes = []
        self.traffic = Traffic(self, rate, settings.seed)
        self._size, self._peers, self._switch = size, peers, switch

    async def __aenter__(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.sockets = pathlib.Path(tempfile.mkdtemp(prefix="grapevine-"))
        self.network = Network(self._size, self._switch)
        peers = self._peers or circle(self._size)
        self.nodes = [Node(number, [peer if isinstance(peer, str)
                                    else name_of(peer) for peer in known], self)
                      for number, known in enumerate(peers)]
        self.name_nodes()
        return self

    async def __aexit__(self, kind, *_):
        self.traffic.stop()
        self.network.close()
        for node in self.nodes:
            node.forget()
        shutil.rmtree(self.sockets)

    @property
    def hosts(self):
        return self.folder / "hosts"

    def name_nodes(self):
        """The file stays the same one: it is mounted in each node."""
        with open(self.hosts, "w", encoding="utf-8") as hosts:
            hosts.write("127.0.0.1 localhost\n")
            for node in range(self._size):
                hosts.write(f"{self.network.address(node)} {name_of(node)} "
                            f"{ALL}\n")

    def complain(self, text):
        self.complaints.append(text)

    # -- what nodes do ---------------------------------------------------------

    async def form(self):
        """Starts all that do not run, and waits until they are meshes."""
        for node in self.nodes:
            if not node.lives():
                node.start()
        await self.meshed(self.nodes)

    async def meshed(self, nodes):
        limit = time.monotonic() + FORMS_WITHIN
        wanted = min(MESH, self._size - 1)
        for node in nodes:
            while await node.mesh() < wanted:
                if time.monotonic() > limit:
                    self.complain(f"node {node.number} has not {wanted} in its "
                                  f"mesh after {FORMS_WITHIN:.0f} s")
                    return
                await asyncio.sleep(0.05)

    async def end(self, node, number=signal.SIGTERM):
        """A node goes; what it had taken must arrive if it was asked to."""
        self.account.absent(node.number, time.monotonic(),
                            hard=number == signal.SIGKILL)
        await node.end(number)

    def restart(self, node, within=account.HEARS_WITHIN):
        self.comes_back(node, within)
        node.start()

    def leaves(self, node):
        """It runs and is not expected to hear or say anything."""
        node.talks = False
        self.account.absent(node.number, time.monotonic(), hard=True)

    def comes_back(self, node, within):
        # The node has ended a connection that was not used for long.
        node.api.close()
        now = time.monotonic()
        self.account.present(node.number, now)
        self.account.returned(node.number, now, within)

    async def settle(self):
        """Ends the traffic, and waits until it has arrived."""
        await self.traffic.end()
        await asyncio.sleep(SETTLES)
        for node in self.nodes:
            if self.account.is_present(node.number) and not node.lives():
                self.complain(f"node {node.number} ended by itself")

    # -- what nodes say --------------------------------------------------------

    def open(self, node):
        if not self.account.is_present(node.number):
            self.account.present(node.number, time.monotonic())
            node.talks = True

    def hear(self, node, life, line, at):
        key = (line.get("text") or "").split(" ", 1)[0]
        message = self.traffic.publisher_of(key)
        if message is None:
            self.complain(f"node {node.number} heard what nobody said: {line}")
            return
        self.account.delivered(key, node.number, at, life)
        if message != node.number and self.account.is_present(node.number):
            node.talks = True
