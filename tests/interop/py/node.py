"""The host: TCP, Noise, yamux; GossipSub, and the library's identify."""
import contextlib
import logging

import trio
from libp2p import new_host
from libp2p.crypto.ed25519 import create_new_key_pair
from libp2p.crypto.x25519 import create_new_key_pair as create_noise_key_pair
from libp2p.peer.peerinfo import info_from_p2p_addr
from libp2p.pubsub.floodsub import FloodSub
from libp2p.pubsub.gossipsub import GossipSub
from libp2p.security.noise.transport import PROTOCOL_ID as NOISE
from libp2p.security.noise.transport import Transport as Noise
from libp2p.stream_muxer.yamux.yamux import PROTOCOL_ID as YAMUX
from libp2p.stream_muxer.yamux.yamux import Yamux
from libp2p.tools.anyio_service import background_trio_service
from multiaddr import Multiaddr

from events import emit, emit_error, emit_message
from options import FLOODSUB, GOSSIPSUB
from payload import make_payload
from reporting import Connections, ReportingPubsub, enlarge_queues

REDIAL_INTERVAL = 1  # seconds


def new_router(options):
    if options.protocol == FLOODSUB:
        return FloodSub([FLOODSUB])
    degrees = {"degree": 6, "degree_low": 5, "degree_high": 12}
    if options.no_mesh:
        degrees = dict.fromkeys(degrees, 0)
    return GossipSub(
        [options.protocol] if options.protocol else GOSSIPSUB,
        **degrees,
        heartbeat_interval=1,  # second
        # A whole test network shares one address, and publishes in bursts.
        eclipse_protection_enabled=False,
        spam_protection_enabled=False,
        # Others choose their degrees and do not change them.
        adaptive_gossip_enabled=False)


def host_of(options):
    seed = options.identity_seed
    keys = create_new_key_pair(None if seed is None else make_payload(seed, 32))
    noise = Noise(keys, noise_privkey=create_noise_key_pair().private_key)
    return new_host(key_pair=keys, sec_opt={NOISE: noise},
                    muxer_opt={YAMUX: Yamux})


class Node:
    """The peer under test."""

    def __init__(self, options):
        enlarge_queues()
        self.options = options
        self.host = host_of(options)
        self.connections = Connections()
        self.host.get_network().register_notifee(self.connections)
        self.router = new_router(options)
        self.pubsub = ReportingPubsub(self.host, self.router,
                                      max_inbound_rpc_size=options.max_size)
        self.tasks = None

    @contextlib.asynccontextmanager
    async def running(self):
        """Subscribes before it listens: whoever connects finds the topics in
        the first RPC."""
        async with contextlib.AsyncExitStack() as stack:
            self.tasks = await stack.enter_async_context(trio.open_nursery())
            for topic in self.options.topics:
                await self.subscribe(topic)
            await stack.enter_async_context(self.host.run(
                [Multiaddr(address) for address in self.options.listen]))
            await stack.enter_async_context(
                background_trio_service(self.pubsub))
            if isinstance(self.router, GossipSub):
                await stack.enter_async_context(
                    background_trio_service(self.router))
            await self.pubsub.wait_until_ready()
            for address in self.host.get_addrs():
                emit("listening", addr=str(address))
            for address in self.options.peers:
                self.tasks.start_soon(self.keep_dialling, address)
            yield self

    async def dial(self, address):
        await self.host.connect(info_from_p2p_addr(Multiaddr(address)))

    async def dial_once(self, address):
        try:
            await self.dial(address)
        except Exception as error:
            emit_error(error)

    async def keep_dialling(self, address):
        """Connects, and again whenever the connection is lost. Failures are
        only logged: the other side may not be there yet."""
        while True:
            try:
                await self.dial(address)  # does nothing while connected
            except Exception as error:
                logging.warning("dial failed, will be tried again: %s", error)
            await trio.sleep(REDIAL_INTERVAL)

    async def subscribe(self, topic):
        if topic not in self.pubsub.topic_ids:
            subscription = await self.pubsub.subscribe(topic)
            self.tasks.start_soon(self.report_messages, topic, subscription)

    async def report_messages(self, topic, subscription):
        own = self.host.get_id().to_bytes()
        async for message in subscription:  # until unsubscribed
            if message.from_id != own:
                emit_message(topic, message)

    async def publish(self, command):
        topic = command["topic"]
        text = command.get("text")
        data = (make_payload(command.get("seed", 0), command.get("size", 0))
                if text is None else text.encode())
        try:
            await self.pubsub.publish(topic, data)
        except Exception as error:
            emit("publish_failed", topic=topic, error=str(error))
        else:
            emit("published", topic=topic)

    def report_peers(self):
        """Who there is a stream to, and its protocol."""
        emit("peers", peers=[
            {"peer": str(peer), "protocol": self.router.peer_protocol.get(peer),
             "score": None} for peer in self.pubsub.peers])

    async def execute(self, command):
        """Answers one command."""
        match command["cmd"]:
            case "dial":
                self.tasks.start_soon(self.dial_once, command["addr"])
            case "subscribe":
                await self.subscribe(command["topic"])
            case "unsubscribe":
                await self.pubsub.unsubscribe(command["topic"])
            case "publish":
                await self.publish(command)
            case "mesh":
                topic = command["topic"]
                peers = sorted(map(str, self.router.mesh.get(topic, ())))
                emit("mesh", topic=topic, peers=peers)
            case "peers":
                self.report_peers()
            case other:
                raise ValueError(f"unknown command {other}")
