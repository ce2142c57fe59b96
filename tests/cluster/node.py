"""One node: its process in its network, what it says, and what is heard of it."""
import asyncio
import contextlib
import os
import signal
import subprocess
import time

import api

TOPIC = "cluster"
PORT = 4001
# Until a node that was asked to end has ended, or one that begins answers.
PATIENCE = 15.0

# Names instead of addresses, as a resolver gives them: the file is changed where
# a node gets another address.
WITH_HOSTS = 'mount --bind "$0" /etc/hosts && exec "$@"'


class Node:
    """Numbered; `peers` are names of those that it stays connected to."""

    def __init__(self, number, peers, cluster):
        self.number = number
        self.peers = peers
        # More of its command line, and what runs it.
        self.options = []
        self.wrapper = []
        self.environment = {}
        self.life = -1
        self.started = 0.0
        # Whether a client listens at its API.
        self.heard = True
        # Whether it is in the network: it may publish.
        self.talks = False
        # When its API answered in this life.
        self.opened = None
        self._cluster = cluster
        self._process = None
        self._listening = None
        self.api = api.Connection(self.socket)

    @property
    def socket(self):
        return str(self._cluster.sockets / f"{self.number}")

    @property
    def folder(self):
        return self._cluster.folder / f"node-{self.number}"

    @property
    def pid(self):
        return self._process.pid

    def log(self):
        return (self.folder / "log").read_text("utf-8", errors="replace")

    def lives(self):
        return self._process is not None and self._process.poll() is None

    # -- its life --------------------------------------------------------------

    def start(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.life += 1
        self.talks, self.opened = False, None
        self.started = time.monotonic()
        with (open(self.folder / "log", "ab") as log,
              open(self.folder / "output", "ab") as output):
            self._process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=output,
                stderr=log, env={**os.environ, **self.environment},
                start_new_session=True)
        if self.heard:
            self._listening = asyncio.create_task(self._listen(self.life))

    def command(self):
        network = self._cluster.network
        listen = f"/ip4/0.0.0.0/tcp/{PORT}"
        words = ["--topic", TOPIC, "--listen", listen,
                 "--identity", str(self.folder / "key"),
                 "--api", f"unix:{self.socket}", *self.options]
        for peer in self.peers:
            words += ["--peer", f"/dns4/{peer}/tcp/{PORT}"]
        return ["unshare", "--mount", *network.inside(self.number),
                "sh", "-c", WITH_HOSTS, str(self._cluster.hosts), *self.wrapper,
                str(self._cluster.program), "run", *words]

    def send(self, number):
        self._process.send_signal(number)

    async def end(self, number=signal.SIGTERM):
        """Sends it the signal and waits until it has ended."""
        self.talks = False
        if self.lives():
            self.send(number)
        limit = time.monotonic() + PATIENCE
        while self.lives():
            if time.monotonic() > limit:
                self._cluster.complain(f"node {self.number} did not end in "
                                       f"{PATIENCE:.0f} s")
                self._process.kill()
                self._process.wait()
            await asyncio.sleep(0.005)
        code = self._process.returncode
        if number == signal.SIGTERM and code != 0:
            self._cluster.complain(f"node {self.number} ended with {code}")
        self.api.close()
        if self._listening:
            await self._listening

    def forget(self):
        """After its process has been ended from outside."""
        if self._process:
            self._process.kill()
            self._process.wait()
        if self._listening:
            self._listening.cancel()
        self.api.close()

    # -- what it says ----------------------------------------------------------

    async def _listen(self, life):
        """All messages of one life; the stream must not end before it."""
        while self.lives():
            with contextlib.suppress(OSError, EOFError):
                async for line in api.lines(self.socket, TOPIC, self._open):
                    at = time.monotonic()
                    if "missed" in line:
                        self._cluster.missed += line["missed"]
                    else:
                        self._cluster.hear(self, life, line, at)
            await asyncio.sleep(0.005)

    def _open(self):
        if self.opened is None:
            self.opened = time.monotonic()
            self._cluster.open(self)

    async def mesh(self):
        """With how many peers it exchanges the topic's messages."""
        try:
            answer = await self.api.ask("GET", "/api/v1/topics")
        except (OSError, EOFError):
            return 0
        topics = answer if isinstance(answer, list) else answer["topics"]
        return sum(len(one["mesh"]) for one in topics if one["topic"] == TOPIC)
