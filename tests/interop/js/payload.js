import { createHash } from 'node:crypto'

/**
 * The deterministic payload of the line protocol: SHA-256(seed || counter) for counter 0, 1, 2, …, both numbers as 8
 * big-endian bytes, one digest after the other, cut off at size.
 */
export function makePayload (seed, size) {
  const payload = Buffer.alloc(size)
  const block = Buffer.alloc(16)
  block.writeBigUInt64BE(BigInt(seed), 0)
  for (let offset = 0, counter = 0n; offset < size; offset += 32, counter++) {
    block.writeBigUInt64BE(counter, 8)
    sha256(block).copy(payload, offset)
  }
  return new Uint8Array(payload)
}

export function sha256 (bytes) {
  return createHash('sha256').update(bytes).digest()
}

/** A sequence number as its 8 big-endian bytes. */
export function seqnoBytes (seqno) {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(seqno)
  return bytes
}
