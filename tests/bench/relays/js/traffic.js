import { randomFillSync } from 'node:crypto'
import { setImmediate, setTimeout } from 'node:timers/promises'

/** A message begins with the time when it was published in nanoseconds, and 8 random bytes that make it unique. */
const stampSize = 8
const headerSize = stampSize + 8

/**
 * The machine's clock in milliseconds. Date.now() is that clock, but in whole milliseconds; the fractions are those of
 * the monotonic clock, which is compared with it whenever someone asks for it.
 */
class Clock {
  constructor () {
    this.adjust()
  }

  /** Waits for the next whole millisecond, which takes one at most. */
  adjust () {
    const before = Date.now()
    let now
    do {
      now = Date.now()
    } while (now === before)
    this.offset = now - performance.now()
  }

  now () {
    return this.offset + performance.now()
  }
}

const clock = new Clock()

function makeMessage (size) {
  const data = Buffer.alloc(Math.max(size, headerSize))
  randomFillSync(data, stampSize, headerSize - stampSize)
  // Whole microseconds: more does not fit into a double.
  data.writeBigUInt64LE(BigInt(Math.round(clock.now() * 1000)) * 1000n)
  return data
}

/** Publishes steadily until all is done; how many messages it was. */
export async function publishSteadily (pubsub, { rate, seconds, size }) {
  let published = 0
  const total = Math.round(rate * seconds)
  const begin = performance.now()
  for (let i = 0; i < total; i++) {
    const wait = begin + i / rate * 1000 - performance.now()
    // In any case let what was received be handled.
    await (wait > 0 ? setTimeout(wait) : setImmediate())
    try {
      await pubsub.publish('bench-0', makeMessage(size))
      published++
    } catch {
      // Not published, thus not counted.
    }
  }
  return published
}

/** How long each message took since the last report, in microseconds. */
export class DeliveryLog {
  latencies = []

  add (data) {
    const now = clock.now()
    if (data.length < headerSize) {
      return
    }
    const view = new DataView(data.buffer, data.byteOffset, stampSize)
    this.latencies.push(Math.round(now * 1000 - Number(view.getBigUint64(0, true) / 1000n)))
  }

  /** The answer to the command; forgets what it tells. */
  report () {
    const latencies = this.latencies
    this.latencies = []
    const text = JSON.stringify({ delivered: latencies.length, latencies_us: latencies })
    clock.adjust()
    return text
  }
}
