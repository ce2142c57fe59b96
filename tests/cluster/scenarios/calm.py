"""Nothing fails."""
import asyncio
import json
import signal
import subprocess
import time

from cluster import Cluster
from node import TOPIC
from scenario import Bounds, scenario, verdict

CALM = Bounds(p99=0.05)


@scenario("calm", "nothing happens", 13, quick=True)
async def calm(settings, name):
    async with Cluster(settings, name) as cluster:
        await cluster.form()
        cluster.traffic.start()
        await asyncio.sleep(10)
        await cluster.settle()
        return verdict(cluster, CALM)


@scenario("start-up", "4 publish while all start", 8, quick=True)
async def start_up(settings, name):
    """Expected at each from when its API is there, whomever it is connected to by
    then; a publisher begins when it has a peer of the topic."""
    async with Cluster(settings, name) as cluster:
        cluster.traffic.start(cluster.nodes[::3])
        for node in cluster.nodes:
            node.start()
        await asyncio.sleep(6)
        await cluster.settle()
        return verdict(cluster, CALM)


def published_at(trace):
    """When, by the real-time clock, in seconds; None if it was not."""
    for line in trace.read_text("utf-8").splitlines():
        event = json.loads(line)
        if event["type"] in (0, "PUBLISH_MESSAGE"):
            return int(event["timestamp"]) / 1e9
    return None


@scenario("one-shot", "24 times `grapevine pub`", 6, quick=True)
async def one_shot(settings, name):
    """Each a node of its own, that knows two others and is gone at once."""
    async with Cluster(settings, name, size=13) as cluster:
        # The last one's network is that of the publishers.
        cluster.nodes.pop()
        await cluster.form()
        for turn in range(24):
            await publish_once(cluster, turn)
        await cluster.settle()
        return verdict(cluster, CALM)


async def publish_once(cluster, turn):
    key = cluster.traffic.name(12)
    trace = cluster.folder / f"trace-{turn}"
    command = [str(cluster.program), "pub", TOPIC, "--message", f"{key} once",
               "--trace-file", str(trace)]
    for peer in (turn % 12, (turn + 5) % 12):
        command += ["--peer", f"/ip4/{cluster.network.address(peer)}/tcp/4001"]
    process = await asyncio.create_subprocess_exec(
        *cluster.network.inside(12), *command, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE)
    _, said = await process.communicate()
    at = published_at(trace)
    if process.returncode != 0 or at is None:
        cluster.complain(f"pub ended with {process.returncode}: {said.decode()}")
        return
    sent = at - time.time() + time.monotonic()
    cluster.account.published(key, 12, sent, sent)
