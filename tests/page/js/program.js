// Programs of this test: nodes with their APIs, and others.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { patience } from './checks.js'

const running = new Set()

// The end of a test ends what it has started, however it goes.
export function stopAll () {
  for (const one of running) one.stop()
}
process.on('exit', stopAll)

export class Program {
  constructor (command, args) {
    this.folder = mkdtempSync(join(tmpdir(), 'grapevine-page-'))
    this.out = ''
    this.errors = ''
    this.waiting = new Set()
    this.child = spawn(command, args, { env: { ...process.env, XDG_STATE_HOME: this.folder } })
    this.child.stdout.on('data', data => this.heard('out', data))
    this.child.stderr.on('data', data => this.heard('errors', data))
    this.ended = new Promise(resolve => this.child.on('close', resolve))
    running.add(this)
  }

  heard (where, data) {
    this[where] += data
    for (const look of this.waiting) look()
  }

  // What a pattern finds in what it has printed, now or later.
  printed (pattern, where = 'out') {
    return new Promise((resolve, reject) => {
      const done = (settle, value) => {
        clearTimeout(timer)
        this.waiting.delete(look)
        settle(value)
      }
      const look = () => {
        const found = pattern.exec(this[where])
        if (found) done(resolve, found)
      }
      const timer = setTimeout(() => done(reject, new Error(
        `waited for ${pattern}, but there was: ${this.out}${this.errors}`)), patience)
      this.waiting.add(look)
      look()
    })
  }

  async stop () {
    running.delete(this)
    this.child.kill('SIGKILL')
    await this.ended
    rmSync(this.folder, { recursive: true, force: true })
  }
}

// A node that runs; where its peers and its page are.
export async function startNode (grapevine, options = []) {
  const node = new Program(grapevine, ['run', '--listen', '/ip4/127.0.0.1/tcp/0', ...(options.includes('--api') ? [] : ['--api', '127.0.0.1:0']), ...options])
  node.address = (await node.printed(/^listening (\S+)/m))[1]
  node.id = node.address.split('/').at(-1)
  node.url = (await node.printed(/API is at (http:\S+)/, 'errors'))[1]
  return node
}
