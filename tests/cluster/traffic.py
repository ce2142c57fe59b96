"""Messages of various sizes, published at nodes that are drawn for each."""
import asyncio
import random
import time

import api
from node import TOPIC

# Sizes in bytes, and how often each is drawn: of 10.
SIZES = [200] * 7 + [1200] * 2 + [2400]
PUBLISH = f"/api/v1/publish?topic={TOPIC}"


class Traffic:
    """So many messages a second, until it is ended."""

    def __init__(self, cluster, rate, seed):
        self._cluster, self._rate = cluster, rate
        self._random = random.Random(seed)
        self._publishers = {}
        self._task = None
        self._under_way = set()

    def publisher_of(self, key):
        """None if there is no such message."""
        return self._publishers.get(key)

    def start(self, nodes=None):
        """Published at any node, or at any of these."""
        self._task = asyncio.create_task(
            self._run(nodes or self._cluster.nodes))

    def stop(self):
        for task in (self._task, *self._under_way):
            if task:
                task.cancel()

    async def end(self):
        """Nothing more is published, and all that was has been answered."""
        if self._task:
            self._task.cancel()
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=5)
            for task in late:
                self._cluster.complain("publishing was not answered in 5 s")
                task.cancel()

    def publish(self, node):
        """One message; what is not answered is complained of if the node is to
        be there."""
        task = asyncio.create_task(self._publish(node))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    def name(self, publisher):
        """Of a message that is published otherwise."""
        key = f"m{len(self._publishers)}"
        self._publishers[key] = publisher
        return key

    async def _run(self, nodes):
        due = time.monotonic()
        while True:
            talking = [node for node in nodes if node.talks]
            if talking:
                self.publish(self._random.choice(talking))
            due += 1 / self._rate
            await asyncio.sleep(max(0, due - time.monotonic()))

    async def _publish(self, node):
        key = self.name(node.number)
        text = (key + " ").ljust(self._random.choice(SIZES), ".")
        account, sent = self._cluster.account, time.monotonic()
        try:
            await node.api.ask("POST", PUBLISH, text.encode())
        except (OSError, EOFError, api.Refused) as reason:
            if account.is_present(node.number) and node.talks:
                self._cluster.complain(f"node {node.number} did not take {key}: "
                                       f"{reason!r}")
            return
        account.published(key, node.number, sent, time.monotonic())
