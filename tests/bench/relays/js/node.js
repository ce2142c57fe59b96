import { createHash } from 'node:crypto'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'

/** Creates and starts the node, which notes what is delivered. */
export async function startNode (options, deliveries) {
  const node = await createLibp2p({
    start: false,
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    // The default limits take a thousand peers at one address for an attack, and part from all but 300.
    connectionManager: {
      inboundConnectionThreshold: Infinity,
      maxIncomingPendingConnections: Infinity,
      maxConnections: Infinity
    },
    services: { identify: identify(), pubsub: gossipsub(gossipOptions(options)) }
  })
  const pubsub = node.services.pubsub
  pubsub.addEventListener('gossipsub:message', ({ detail }) => deliveries.add(detail.msg.data))
  await node.start()
  // Nobody knows the address yet: whoever connects finds the topics in the first RPC.
  for (let i = 0; i < options.topics; i++) {
    pubsub.subscribe(`bench-${i}`)
  }
  return node
}

function gossipOptions (options) {
  return {
    globalSignaturePolicy: options.unsigned ? 'StrictNoSign' : 'StrictSign',
    // The library's own id for signed messages begins with the protobuf of the key, not with the peer id.
    msgIdFn: options.unsigned ? idFromData : idFromAuthor,
    // The library's way works in browsers, too, and is slower.
    msgIdToStrFn: id => Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('base64'),
    D: options.degree,
    Dlo: options.degreeLow,
    Dhi: options.degreeHigh,
    Dscore: Math.min(4, options.degree),
    Dout: 0,
    // Scores cannot be left out: without these, more than ten peers at one address are pruned.
    scoreParams: { IPColocationFactorWeight: 0, behaviourPenaltyWeight: 0 },
    floodPublish: false,
    batchPublish: true, // encodes once for all peers
    maxInboundDataLength: options.maxSize,
    // Publishing to nobody is no error in the other libraries either.
    allowPublishToZeroTopicPeers: true
  }
}

function idFromAuthor (message) {
  const author = message.from.toMultihash().bytes
  const id = Buffer.alloc(author.length + 8)
  id.set(author)
  id.writeBigUInt64BE(message.sequenceNumber, author.length)
  return id
}

function idFromData (message) {
  return createHash('sha256').update(message.data).digest()
}
