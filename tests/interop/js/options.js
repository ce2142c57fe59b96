import { parseArgs } from 'node:util'

/** What the command line says; ../README.md describes every flag. */
export function parseOptions (args) {
  const { values } = parseArgs({
    args,
    options: {
      listen: { type: 'string', multiple: true, default: ['/ip4/127.0.0.1/tcp/0'] },
      topic: { type: 'string', multiple: true, default: [] },
      peer: { type: 'string', multiple: true, default: [] },
      policy: { type: 'string', default: 'strict-sign' },
      'max-size': { type: 'string', default: String(1 << 20) },
      protocol: { type: 'string' },
      'no-mesh': { type: 'boolean', default: false },
      'flood-publish': { type: 'string' },
      'identity-seed': { type: 'string' },
      security: { type: 'string', default: 'noise' },
      'swarm-key': { type: 'string' },
      mdns: { type: 'boolean', default: false }
    }
  })
  requireOneOf('policy', values.policy, ['strict-sign', 'strict-no-sign'])
  requireOneOf('flood-publish', values['flood-publish'], [undefined, 'on', 'off'])
  requireOneOf('security', values.security, ['noise', 'tls'])
  if (values.protocol != null && !values.protocol.startsWith('/meshsub/')) {
    // The library would go on to graft over it.
    throw new Error(`this library cannot be restricted to ${values.protocol}`)
  }
  return {
    listen: values.listen,
    topics: values.topic,
    peers: values.peer,
    strictSign: values.policy === 'strict-sign',
    maxSize: parseNumber(values['max-size']),
    protocol: values.protocol,
    noMesh: values['no-mesh'],
    floodPublish: values['flood-publish'] == null ? undefined : values['flood-publish'] === 'on',
    identitySeed: values['identity-seed'] == null ? undefined : parseNumber(values['identity-seed']),
    security: values.security,
    swarmKey: values['swarm-key'],
    mdns: values.mdns
  }
}

function requireOneOf (flag, value, allowed) {
  if (!allowed.includes(value)) {
    throw new Error(`--${flag} does not take ${value}`)
  }
}

function parseNumber (text) {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 0) {
    throw new Error(`not a number: ${text}`)
  }
  return number
}
