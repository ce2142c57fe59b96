"""What the library does not tell by itself: connections and subscriptions."""
from libp2p.abc import INotifee
from libp2p.pubsub import pubsub as library
from libp2p.pubsub.rpc_queue import RpcQueue

from events import emit

# More than any test publishes: what comes faster than it is taken is not lost.
QUEUED = 4096


def enlarge_queues():
    """The library has no other way to say how much may wait for a peer, or for
    who subscribed; by default it drops what is beyond 32."""
    library.SUBSCRIPTION_CHANNEL_SIZE = QUEUED
    library.RpcQueue = lambda: RpcQueue(max_size=QUEUED)


class Connections(INotifee):
    """Reports the first connection to a peer, and the end of the last."""

    def __init__(self):
        self.peers = set()

    async def connected(self, network, conn):
        peer = conn.muxed_conn.peer_id
        if peer not in self.peers:
            self.peers.add(peer)
            emit("connected", peer=str(peer))

    async def disconnected(self, network, conn):
        peer = conn.muxed_conn.peer_id
        if peer in self.peers and not network.get_connections(peer):
            self.peers.remove(peer)
            emit("disconnected", peer=str(peer))

    async def opened_stream(self, network, stream):
        pass

    async def closed_stream(self, network, stream):
        pass

    async def listen(self, network, multiaddr):
        pass

    async def listen_close(self, network, multiaddr):
        pass


class ReportingPubsub(library.Pubsub):
    """Reports every remote subscription. The library may know one before it has
    a stream to send its peer anything on: it is reported when there is one."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.unreported = {}

    def handle_subscription(self, origin_id, sub_message):
        topic = sub_message.topicid
        before = origin_id in self.peer_topics.get(topic, ())
        super().handle_subscription(origin_id, sub_message)
        after = origin_id in self.peer_topics.get(topic, ())
        if before and not after:
            emit("unsubscribed", peer=str(origin_id), topic=topic)
        elif after and not before:
            self.unreported.setdefault(origin_id, []).append(topic)
            self.report(origin_id)

    async def _handle_new_peer(self, peer_id):
        await super()._handle_new_peer(peer_id)
        self.report(peer_id)

    def _handle_dead_peer(self, peer_id):
        super()._handle_dead_peer(peer_id)
        self.unreported.pop(peer_id, None)

    def report(self, peer_id):
        if peer_id in self.peers:
            for topic in self.unreported.pop(peer_id, ()):
                emit("subscribed", peer=str(peer_id), topic=topic)
