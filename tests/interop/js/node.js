import { readFileSync } from 'node:fs'
import { setTimeout as setTimeoutPromise } from 'node:timers/promises'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { mdns } from '@libp2p/mdns'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { preSharedKey } from '@libp2p/pnet'
import { tcp } from '@libp2p/tcp'
import { tls } from '@libp2p/tls'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { emit, emitError, emitMessage } from './events.js'
import { makePayload, seqnoBytes, sha256 } from './payload.js'

const redialInterval = 1000
/** Milliseconds between two looks for the stream to a peer; the library has no event for it. */
const streamPoll = 5

/** Creates and starts the peer under test; its addresses are announced once it is subscribed. */
export async function startNode (options) {
  const node = await createNode(options)
  const pubsub = node.services.pubsub
  reportEvents(node, pubsub)
  await node.start()
  options.topics.forEach(topic => pubsub.subscribe(topic))
  node.getMultiaddrs().forEach(address => emit({ event: 'listening', addr: address.toString() }))
  options.peers.forEach(address => keepDialling(node, multiaddr(address)))
  return node
}

async function createNode (options) {
  return createLibp2p({
    start: false,
    privateKey: await identityFromSeed(options.identitySeed),
    addresses: { listen: options.listen },
    transports: [tcp()],
    connectionEncrypters: [options.security === 'tls' ? tls() : noise()],
    streamMuxers: [yamux()],
    peerDiscovery: options.mdns ? [mdns()] : [],
    connectionProtector: options.swarmKey == null ? undefined : preSharedKey({ psk: readFileSync(options.swarmKey) }),
    // A whole test network shares one address, which the default limits take for an attack.
    connectionManager: { inboundConnectionThreshold: Infinity, maxIncomingPendingConnections: 100 },
    services: { identify: identify(), ping: ping(), pubsub: createPubSub(options) }
  })
}

async function identityFromSeed (seed) {
  return seed == null ? undefined : generateKeyPairFromSeed('Ed25519', makePayload(seed, 32))
}

function createPubSub (options) {
  const create = gossipsub(gossipOptions(options))
  return components => {
    const pubsub = create(components)
    if (options.protocol != null) {
      pubsub.protocols = [options.protocol]
    }
    return pubsub
  }
}

function gossipOptions (options) {
  const settings = {
    globalSignaturePolicy: options.strictSign ? 'StrictSign' : 'StrictNoSign',
    // The library's own id for signed messages begins with the protobuf of the key, not with the peer id.
    msgIdFn: options.strictSign ? idFromAuthor : idFromData,
    maxInboundDataLength: options.maxSize,
    // Publishing to nobody is no error in the other libraries either: the message may still be gossiped about.
    allowPublishToZeroTopicPeers: options.noMesh
  }
  if (options.noMesh) {
    Object.assign(settings, { D: 0, Dlo: 0, Dhi: 0, Dscore: 0, Dout: 0 })
  }
  if (options.floodPublish != null) {
    settings.floodPublish = options.floodPublish
  }
  return settings
}

function idFromAuthor (message) {
  return new Uint8Array(Buffer.concat([message.from.toMultihash().bytes, seqnoBytes(message.sequenceNumber)]))
}

function idFromData (message) {
  return new Uint8Array(sha256(message.data))
}

function reportEvents (node, pubsub) {
  node.addEventListener('peer:connect', ({ detail }) => emit({ event: 'connected', peer: detail.toString() }))
  node.addEventListener('peer:disconnect', ({ detail }) => emit({ event: 'disconnected', peer: detail.toString() }))
  node.addEventListener('peer:discovery', ({ detail }) => dialFound(node, detail.id))
  pubsub.addEventListener('gossipsub:message', ({ detail }) => emitMessage(detail.msg))
  pubsub.addEventListener('subscription-change', ({ detail }) => reportSubscriptions(pubsub, detail))
}

/** Whom mDNS has found: its addresses are in the peer store. */
function dialFound (node, peer) {
  emit({ event: 'found', peer: peer.toString() })
  node.dial(peer).catch(emitError)
}

/**
 * The library knows a peer's subscriptions before it has a stream to send it anything on, and drops what is published
 * in between: they are reported when there is one.
 */
async function reportSubscriptions (pubsub, { peerId, subscriptions }) {
  const peer = peerId.toString()
  while (!pubsub.streamsOutbound.has(peer)) {
    if (!pubsub.peers.has(peer)) {
      return // gone again
    }
    await setTimeoutPromise(streamPoll)
  }
  for (const { topic, subscribe } of subscriptions) {
    emit({ event: subscribe ? 'subscribed' : 'unsubscribed', peer, topic })
  }
}

/**
 * Connects to a peer and does so again whenever the connection is lost. Failures are only logged: the other side may
 * not be there yet.
 */
async function keepDialling (node, address) {
  try {
    await node.dial(address) // returns the open connection if there is one
  } catch (error) {
    console.error(`dial failed, will be tried again: ${error.message}`)
  }
  setTimeout(() => keepDialling(node, address), redialInterval)
}

/** Answers one command. */
export function execute (node, command) {
  const pubsub = node.services.pubsub
  switch (command.cmd) {
    case 'dial':
      node.dial(multiaddr(command.addr)).catch(emitError)
      break
    case 'subscribe':
      pubsub.subscribe(command.topic)
      break
    case 'unsubscribe':
      pubsub.unsubscribe(command.topic)
      break
    case 'publish':
      publish(pubsub, command)
      break
    case 'mesh':
      emit({ event: 'mesh', topic: command.topic, peers: pubsub.getMeshPeers(command.topic).sort() })
      break
    case 'peers':
      emit({ event: 'peers', peers: describePeers(pubsub) })
      break
    default:
      throw new Error(`unknown command ${command.cmd}`)
  }
}

/** Who there is a stream to, and its protocol. */
function describePeers (pubsub) {
  return [...pubsub.streamsOutbound].map(([peer, stream]) => ({ peer, protocol: stream.protocol, score: null }))
}

async function publish (pubsub, { topic, text, seed, size }) {
  const data = text != null ? new TextEncoder().encode(text) : makePayload(seed ?? 0, size ?? 0)
  try {
    await pubsub.publish(topic, data)
    emit({ event: 'published', topic })
  } catch (error) {
    emit({ event: 'publish_failed', topic, error: error.message })
  }
}
