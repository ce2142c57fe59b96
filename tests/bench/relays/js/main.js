// A GossipSub node on js-libp2p for the benchmarks: commands on standard input, one line of answer each on standard
// output. ../README.md describes them and what is set here.
import './polyfill.js'
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { multiaddr } from '@multiformats/multiaddr'
import { startNode } from './node.js'
import { DeliveryLog, publishSteadily } from './traffic.js'

function parseOptions () {
  const { values } = parseArgs({
    options: {
      unsigned: { type: 'boolean', default: false },
      topics: { type: 'string', default: '1' },
      degree: { type: 'string', default: '6' },
      'degree-low': { type: 'string', default: '5' },
      'degree-high': { type: 'string', default: '12' },
      'max-size': { type: 'string', default: String(2 << 20) }
    }
  })
  return {
    unsigned: values.unsigned,
    topics: Number(values.topics),
    degree: Number(values.degree),
    degreeLow: Number(values['degree-low']),
    degreeHigh: Number(values['degree-high']),
    maxSize: Number(values['max-size'])
  }
}

/** Writes all of a line at once: process.stdout would lose what a pipe does not take when the process exits. */
function answer (text) {
  let rest = Buffer.from(text + '\n')
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest))
    } catch (error) {
      if (error.code !== 'EAGAIN') {
        throw error
      }
    }
  }
}

async function connect (node, address) {
  try {
    await node.dial(multiaddr(address))
    answer('connected')
  } catch (error) {
    answer(`failed ${error.message.replaceAll('\n', ' ')}`)
  }
}

async function publish (node, [rate, seconds, size]) {
  answer(`published ${await publishSteadily(node.services.pubsub, { rate, seconds, size })}`)
}

/** Obeys one command; what takes time goes on in the background. */
function execute (node, deliveries, line) {
  const [command, ...rest] = line.split(' ')
  if (command === 'connect') {
    connect(node, rest[0]).catch(fail)
  } else if (command === 'publish') {
    publish(node, rest.map(Number)).catch(fail)
  } else if (command === 'report') {
    answer(deliveries.report())
  } else {
    throw new Error(`unknown command ${line}`)
  }
}

function fail (error) {
  process.stderr.write(`relay: ${error.message}\n`, () => process.exit(1))
}

try {
  const deliveries = new DeliveryLog()
  const node = await startNode(parseOptions(), deliveries)
  answer(node.getMultiaddrs()[0].toString())
  const lines = createInterface({ input: process.stdin })
  lines.on('line', line => {
    try {
      execute(node, deliveries, line)
    } catch (error) {
      fail(error)
    }
  })
  lines.on('close', () => process.exit()) // the other end of the pipe is gone
} catch (error) {
  fail(error)
}
