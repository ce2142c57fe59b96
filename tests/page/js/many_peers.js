// What a node with 200 peers answers, made up: the page cannot tell.

// The same at each run.
function generator (seed) {
  return () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return seed / 2 ** 32
  }
}

const letters = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const agents = ['grapevine/0.1.0', 'go-libp2p/0.48.0', 'rust-libp2p/0.56.0', 'js-libp2p/3.3.11 UserAgent=v20.20.2', null]
const protocols = ['/meshsub/1.3.0', '/meshsub/1.2.0', '/meshsub/1.1.0', '/floodsub/1.0.0']
const names = ['news', 'alerts', 'blocks/v2', 'attestations', 'weather', 'chat', 'prices', 'metrics', 'votes']

function scoreOf (next, topics, mesh) {
  const byTopic = topics.map(topic => ({
    topic,
    score: next() * 20,
    in_mesh: mesh.includes(topic),
    time_in_mesh_seconds: mesh.includes(topic) ? next() * 9000 : 0,
    first_deliveries: next() * 40,
    mesh_deliveries: next() * 100,
    mesh_failures: 0,
    invalid_messages: next() < 0.05 ? 3 : 0
  }))
  const parts = {
    topics: byTopic.reduce((sum, one) => sum + one.score, 0),
    application: 0,
    colocation: next() < 0.1 ? -9 : 0,
    behaviour: next() < 0.1 ? -120 * next() : 0,
    slow_peer: 0
  }
  return { total: Object.values(parts).reduce((a, b) => a + b), ...parts, by_topic: byTopic }
}

export function manyPeers (count = 200, seed = 7) {
  const next = generator(seed)
  const pick = list => list[Math.floor(next() * list.length)]
  const id = () => '12D3KooW' + Array.from({ length: 44 }, () => pick(letters)).join('')
  const topics = names.map(topic => ({
    topic, subscribed: topic !== 'votes', healthy: topic !== 'prices', outbound: 3, mesh: [], fanout: [], peers: []
  }))
  const peers = Array.from({ length: count }, (_, i) => {
    const peer = id()
    const subscribed = topics.filter((_, j) => next() < 1 / (j + 1))
    const mesh = subscribed.filter(one => one.subscribed && one.mesh.length < 8)
    for (const one of subscribed) one.peers.push(peer)
    for (const one of mesh) one.mesh.push(peer)
    if (subscribed.some(one => one.topic === 'votes') && topics.at(-1).fanout.length < 6) topics.at(-1).fanout.push(peer)
    const [of, inside] = [subscribed.map(one => one.topic), mesh.map(one => one.topic)]
    return {
      id: peer,
      address: `/ip4/203.0.113.${i % 250}/tcp/${4001 + i}`,
      direction: next() < 0.4 ? 'outbound' : 'inbound',
      topics: of,
      mesh: inside,
      score: next() < 0.03 ? null : scoreOf(next, of, inside),
      agent: pick(agents),
      protocol: pick(protocols),
      round_trip_ms: next() < 0.05 ? null : 3 + 200 * next() ** 3,
      queue: { messages: Math.floor(next() * 5), bytes: Math.floor(next() * 20_000) },
      dropped: next() < 0.1 ? Math.floor(next() * 900) : 0
    }
  })
  return { peers, topics }
}

// Numbers that grow with each answer, with histograms.
export function busyMetrics () {
  let polls = 0
  const counters = {
    grapevine_messages_accepted_total: 2400, grapevine_messages_published_total: 160,
    grapevine_messages_duplicate_total: 9000, grapevine_messages_rejected_total: 12,
    grapevine_received_bytes_total: 9e6, grapevine_sent_bytes_total: 31e6
  }
  const histograms = ['grapevine_validation_duration_seconds', 'grapevine_heartbeat_lateness_seconds', 'grapevine_mailbox_lag_seconds']
  return () => {
    ++polls
    const wave = 1 + 0.3 * Math.sin(polls / 2)
    const lines = Object.entries(counters).map(([name, each]) => `${name} ${Math.round(each * (polls + wave))}`)
    for (const [i, name] of histograms.entries())
      for (const [le, part] of [['0.0001', 0.2], ['0.001', 0.7], ['0.01', 0.97 + i / 100], ['+Inf', 1]])
        lines.push(`${name}_bucket{le="${le}"} ${Math.round(1000 * polls * part)}`)
    lines.push(`grapevine_memory_used_bytes{budget="queued"} ${Math.round(4e5 * wave)}`)
    lines.push(`grapevine_memory_used_bytes{budget="unfinished"} ${Math.round(9e4 / wave)}`)
    return lines.join('\n') + '\n'
  }
}

// What the page asks for, answered so.
export function manyPeersRoutes () {
  const { peers, topics } = manyPeers()
  const metrics = busyMetrics()
  const json = value => route => route.fulfill({ json: value })
  return {
    '/api/v1/peers': json({ peers }),
    '/api/v1/topics': json({ topics }),
    '/api/v1/events': route => route.fulfill({
      contentType: 'application/x-ndjson',
      body: peers.slice(0, 30).map((peer, i) => JSON.stringify({
        event: ['connected', 'subscribed', 'grafted', 'pruned'][i % 4],
        peer: peer.id,
        ...(i % 4 > 0 ? { topic: 'news' } : {}),
        time: '2026-01-02T03:04:05Z'
      }) + '\n').join('')
    }),
    '/metrics': route => route.fulfill({ contentType: 'text/plain', body: metrics() })
  }
}
