import { writeSync } from 'node:fs'
import { seqnoBytes, sha256 } from './payload.js'

/** Up to this size a message event carries the data itself. */
const largestText = 1024

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Writes one event as a line of JSON, at once: the order of events is the order of what happened. */
export function emit (event) {
  let rest = Buffer.from(JSON.stringify(event) + '\n')
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest))
    } catch (error) {
      if (error.code !== 'EAGAIN') {
        process.exit(1) // nobody reads any more
      }
    }
  }
}

export function emitError (error) {
  emit({ event: 'error', error: String(error?.message ?? error) })
}

export function emitMessage (message) {
  const signed = message.type === 'signed'
  const text = message.data.length <= largestText ? decodeText(message.data) : undefined
  emit({
    event: 'message',
    topic: message.topic,
    from: signed ? message.from.toString() : null,
    seqno: signed ? seqnoBytes(message.sequenceNumber).toString('hex') : null,
    size: message.data.length,
    sha256: sha256(message.data).toString('hex'),
    text
  })
}

function decodeText (data) {
  try {
    return utf8.decode(data)
  } catch {
    return undefined
  }
}
