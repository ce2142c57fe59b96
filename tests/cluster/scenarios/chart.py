"""The chart's topology: any two pods may be gone."""
import asyncio
import itertools
import pathlib
import random
import re
import signal

from cluster import ALL, Cluster
from scenario import Bounds, scenario, verdict

TEMPLATE = (pathlib.Path(__file__).resolve().parents[3] /
            "deploy/helm/grapevine/templates/_helpers.tpl")
# What the chart's values say beside.
OPTIONS = ["--redial-max", "5s"]


def known_by_each(size, template=None):
    """Whom each pod stays connected to: so many before and behind it, or some of
    all that one name has."""
    text = template or TEMPLATE.read_text("utf-8")
    found = re.search(r"\$away := list ([\d ]+) -", text)
    if found:
        return neighbours(size, {int(word) for word in found[1].split()})
    if re.search(r'"/dns4/{{ .Release.Name }}/tcp/', text):
        return [[ALL]] * size
    raise RuntimeError(f"{TEMPLATE} does not say whom pods dial")


def neighbours(size, away):
    return [sorted(other for other in range(size)
                   if abs(other - node) in away) for node in range(size)]


def chosen_pairs(size, most, seed):
    """All of them, or so many that are drawn, the oldest two among them."""
    pairs = list(itertools.combinations(range(size), 2))
    if len(pairs) <= most:
        return pairs
    return [pairs[0], *random.Random(seed).sample(pairs[1:], most - 1)]


async def two_gone(settings, name, size, most):
    async with Cluster(settings, name, size=size, rate=20,
                       peers=known_by_each(size)) as cluster:
        for node in cluster.nodes:
            node.options = OPTIONS
        await cluster.form()
        cluster.traffic.start()
        await asyncio.sleep(1)
        pairs = chosen_pairs(size, most, settings.seed)
        for pair in pairs:
            gone = [cluster.nodes[number] for number in pair]
            await asyncio.gather(*(cluster.end(node, signal.SIGKILL)
                                   for node in gone))
            await asyncio.sleep(1.5)
            for node in gone:
                cluster.restart(node)
            await asyncio.sleep(1.5)
        await cluster.settle()
        return verdict(cluster, Bounds(recovery=1.0),
                       note=f"{len(pairs)} pairs, one after the other")


for replicas, number in ((3, 3), (7, 21), (30, 12)):
    scenario(f"chart-{replicas}", f"the chart's {replicas} pods, any two gone",
             4 + 3.1 * number, replicas == 3, size=replicas, most=number)(two_gone)
