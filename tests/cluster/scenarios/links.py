"""Links that are bad."""
import asyncio

from cluster import Cluster
from scenario import Bounds, scenario, verdict

LOSSY = ["--loss", "0.05", "--delay", "0.1", "--jitter", "0.02",
         "--reorder", "0.01"]


@scenario("lossy", "5 % loss, 100 +- 20 ms, 1 % overtake", 21, quick=True)
async def lossy(settings, name):
    async with Cluster(settings, name, switch=LOSSY) as cluster:
        await cluster.form()
        cluster.traffic.start()
        await asyncio.sleep(15)
        await cluster.settle()
        return verdict(cluster, Bounds(p99=0.6))


@scenario("slow-link", "one node at 1 Mbit/s", 26, quick=True)
async def slow_link(settings, name):
    """Nothing is expected of that one but to be back when it is faster."""
    async with Cluster(settings, name) as cluster:
        await cluster.form()
        cluster.traffic.start()
        await asyncio.sleep(2)
        node = cluster.nodes[5]
        cluster.leaves(node)
        cluster.network.limit(node.number, "1mbit")
        await asyncio.sleep(15)
        cluster.network.unlimit(node.number)
        cluster.comes_back(node, 5.0)
        await asyncio.sleep(6)
        await cluster.settle()
        return verdict(cluster, Bounds(p99=0.05, recovery=5.0))
