"""A node lacks something: room on its disk, descriptors, the right time."""
import asyncio
import pathlib

from cluster import Cluster
from scenario import Bounds, scenario, verdict

CALM = Bounds(p99=0.05)


def named(node, *words):
    """A complaint unless each is in its log."""
    text = node.log().lower()
    return [f"the log of node {node.number} does not say '{word}'"
            for word in words if word not in text]


FULL = ('mount -t tmpfs -o size=128k tmpfs "$0" && '
        'cat /dev/zero >"$0/ballast" 2>/dev/null; exec "$@"')


@scenario("full-disk", "no room for the store, the log and the trace of one", 12,
          quick=True)
async def full_disk(settings, name):
    """Its log is at another place than its trace and its peers' addresses, so
    that it can be read; a second node's log is at the full one."""
    async with Cluster(settings, name) as cluster:
        full = cluster.folder / "full"
        full.mkdir()
        with_log, without = cluster.nodes[2], cluster.nodes[7]
        for node in (with_log, without):
            node.wrapper = ["sh", "-c", FULL, str(full)]
            node.options = ["--trace-file", str(full / "trace"),
                            "--peer-store", str(full / "peers.db")]
        without.options += ["--log-file", str(full / "log"),
                            "--log-level", "debug"]
        await cluster.form()
        cluster.traffic.start()
        await asyncio.sleep(8)
        await cluster.settle()
        return verdict(cluster, CALM, complaints=[
            *named(with_log, "peers.db", "tracing has stopped", "no space left"),
            *named(without, "cannot write to the log file")])


LIBRARY = "/usr/lib/*/faketime/libfaketimeMT.so.1"


@scenario("clock", "the clock of one is an hour ahead, that of another jumps", 22)
async def clock(settings, name):
    """Of the first from the beginning, which it cannot know."""
    libraries = list(pathlib.Path("/").glob(LIBRARY[1:]))
    if not libraries:
        raise RuntimeError("libfaketime is missing: scripts/deps.sh cluster")
    async with Cluster(settings, name) as cluster:
        ahead, jumping = cluster.nodes[3], cluster.nodes[8]
        times = cluster.folder / "time"
        times.write_text("+0\n", "utf-8")
        for node in (ahead, jumping):
            node.environment = {"LD_PRELOAD": str(libraries[0]),
                                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                                "FAKETIME_NO_CACHE": "1"}
        ahead.environment["FAKETIME"] = "+3600"
        jumping.environment["FAKETIME_TIMESTAMP_FILE"] = str(times)
        await cluster.form()
        cluster.traffic.start()
        for offset in ("+3600", "-3600", "+0"):
            await asyncio.sleep(4)
            times.write_text(offset + "\n", "utf-8")
        await asyncio.sleep(4)
        await cluster.settle()
        return verdict(cluster, CALM, complaints=named(
            jumping, "set forward by 3600 s", "set back by 7200 s"))


@scenario("descriptors", "one may open 64 files, and 80 strangers connect", 12,
          quick=True)
async def descriptors(settings, name):
    async with Cluster(settings, name) as cluster:
        node = cluster.nodes[4]
        node.wrapper = ["sh", "-c", 'ulimit -n 64; exec "$@"', "few"]
        await cluster.form()
        cluster.traffic.start()
        strangers = await connect_many(cluster, node)
        await asyncio.sleep(8)
        strangers.kill()
        await strangers.wait()
        await cluster.settle()
        return verdict(cluster, CALM, complaints=named(node, "open files"))


HOLD = """
import socket, sys, time
held = []
for _ in range(80):
    try:
        held.append(socket.create_connection((sys.argv[1], 4001), timeout=1))
    except OSError:
        pass
time.sleep(60)
"""


async def connect_many(cluster, node):
    """Connections of strangers that say nothing."""
    return await asyncio.create_subprocess_exec(
        *cluster.network.inside(0), "python3", "-c", HOLD,
        cluster.network.address(node.number))
