"""One node is away, and does not know, or nobody else does."""
import asyncio
import signal

from cluster import Cluster
from scenario import Bounds, scenario, verdict

BOUNDS = Bounds(p99=0.05, recovery=5.0)


async def absence(settings, name, go, seconds, back):
    """Bounds hold for the others all the time."""
    async with Cluster(settings, name) as cluster:
        await cluster.form()
        cluster.traffic.start()
        await asyncio.sleep(2)
        node = cluster.nodes[5]
        cluster.leaves(node)
        # What it was asked before must not be lost with it.
        await asyncio.sleep(0.3)
        go(cluster, node)
        await asyncio.sleep(seconds)
        back(cluster, node)
        cluster.comes_back(node, BOUNDS.recovery)
        await asyncio.sleep(8)
        await cluster.settle()
        return verdict(cluster, BOUNDS)


def stop(_, node):
    node.send(signal.SIGSTOP)


def go_on(_, node):
    node.send(signal.SIGCONT)


def unplug(cluster, node):
    cluster.network.unplug(node.number)


def plug(cluster, node):
    cluster.network.plug(node.number)


def nothing(*_):
    pass


def move(cluster, node):
    cluster.network.move(node.number)
    cluster.name_nodes()


scenario("stopped-10", "one is stopped for 10 s", 24, quick=True, go=stop,
         seconds=10, back=go_on)(absence)
scenario("stopped-60", "one is stopped for 60 s", 75, go=stop, seconds=60,
         back=go_on)(absence)
scenario("unplugged-15", "one is cut off silently for 15 s", 30,
         go=unplug, seconds=15, back=plug)(absence)
scenario("unplugged-60", "one is cut off silently for 60 s", 75, go=unplug,
         seconds=60, back=plug)(absence)
scenario("moved", "one gets another address while it runs", 15, quick=True,
         go=nothing, seconds=0, back=move)(absence)
