#!/usr/bin/env node
// A GossipSub peer on js-libp2p that speaks the line protocol of the interop tests: commands on standard input, events
// on standard output, one JSON object a line. ../README.md describes it.
import './polyfill.js'
import { createInterface } from 'node:readline'
import { emitError } from './events.js'
import { execute, startNode } from './node.js'
import { parseOptions } from './options.js'

function parseOrExit () {
  try {
    return parseOptions(process.argv.slice(2))
  } catch (error) {
    console.error(error.message)
    process.exit(2)
  }
}

function executeLine (node, line) {
  try {
    const command = JSON.parse(line)
    if (command.cmd === 'quit') {
      process.exit(0)
    }
    execute(node, command)
  } catch (error) {
    emitError(error)
  }
}

const options = parseOrExit()
try {
  const node = await startNode(options)
  const lines = createInterface({ input: process.stdin })
  lines.on('line', line => executeLine(node, line))
  lines.on('close', () => process.exit(0)) // the other end of the pipe is gone
} catch (error) {
  emitError(error)
  process.exit(1)
}
