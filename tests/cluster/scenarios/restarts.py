"""Nodes end and come back."""
import asyncio
import signal

from cluster import Cluster
from scenario import Bounds, scenario, verdict

# How long each is there again before the next one goes.
PAUSE = 1.5
BOUNDS = Bounds(p99=0.25, recovery=1.0)


async def rolling(settings, name, how, down, moved, nodes):
    async with Cluster(settings, name) as cluster:
        await cluster.form()
        cluster.traffic.start()
        await asyncio.sleep(2)
        for node in cluster.nodes[:nodes]:
            await cluster.end(node, how)
            await asyncio.sleep(down)
            if moved:
                cluster.network.move(node.number)
                cluster.name_nodes()
            cluster.restart(node)
            await asyncio.sleep(PAUSE)
        await asyncio.sleep(2)
        await cluster.settle()
        return verdict(cluster, BOUNDS)


def each_of_them():
    quick = {("term", 0, False), ("kill", 3, True)}
    for word, how in (("term", signal.SIGTERM), ("kill", signal.SIGKILL)):
        for down in (0, 3, 13):
            for moved in (False, True):
                # The quick ones, and those that take longest, are not for all.
                short = (word, down, moved) in quick
                nodes = 4 if short else 6 if down == 13 else 12
                scenario(
                    f"restart-{word}-{down}" + "-moved" * moved,
                    f"{nodes} restarted one after the other by SIG{word.upper()}, "
                    f"{down} s down" + ", each with a new address" * moved,
                    8 + nodes * (down + PAUSE), short,
                    how=how, down=down, moved=moved, nodes=nodes)(rolling)


each_of_them()


@scenario("kill-4", "kill -9 of 4 at once, which come back one by one", 17,
          quick=True)
async def kill_four(settings, name):
    async with Cluster(settings, name) as cluster:
        await cluster.form()
        cluster.traffic.start()
        await asyncio.sleep(2)
        gone = cluster.nodes[1::3]
        await asyncio.gather(*(cluster.end(node, signal.SIGKILL)
                               for node in gone))
        await asyncio.sleep(6)
        for node in gone:
            cluster.restart(node)
            await asyncio.sleep(1.5)
        await cluster.settle()
        return verdict(cluster, BOUNDS)
