"""Two halves that do not see each other for a while."""
import asyncio
import time

from cluster import Cluster
from scenario import Bounds, scenario, verdict

# What passes again must have begun to, and all that was held must be there.
WITHIN = 3.0


async def partition(settings, name, seconds):
    # No more than a client of the API may be behind when all of it comes at once.
    async with Cluster(settings, name, rate=10) as cluster:
        await cluster.form()
        cluster.traffic.start()
        await asyncio.sleep(2)
        halves = cluster.nodes[:6], cluster.nodes[6:]
        begin = time.monotonic()
        for node in halves[1]:
            cluster.network.plug(node.number, "other")
        await asyncio.sleep(seconds)
        for node in halves[1]:
            cluster.network.plug(node.number)
        end = time.monotonic()
        cluster.account.cut([{node.number for node in half} for half in halves],
                            begin, end)
        await asyncio.sleep(8)
        await cluster.settle()
        return judged(cluster)


def judged(cluster):
    across = cluster.account.across(cluster.account.cuts[0], within=WITHIN)
    complaints = []
    if across.delivered < across.expected:
        complaints.append(f"of {across.expected} that the windows held, "
                          f"{across.delivered} came in {WITHIN:.0f} s")
    return verdict(cluster, Bounds(recovery=WITHIN), complaints=complaints,
                   note=f"{across.delivered} of {across.expected} held ones")


for length in (10, 30, 120):
    scenario(f"partition-{length}", f"two halves apart for {length} s",
             length + 14, length == 10, seconds=length)(partition)
