// Cases and what they check, as node's assert has it.
import assert from 'node:assert/strict'

// Only waited for when something is broken.
export const patience = 30_000

const cases = []

export function test (name, run) {
  cases.push({ name, run })
}

// Runs all whose names contain a word; says what failed and how many passed.
export async function runAll (word) {
  let passed = 0
  let failed = 0
  for (const { name, run } of cases.filter(one => one.name.includes(word))) {
    const begin = performance.now()
    try {
      await run()
      ++passed
      console.log(`ok   ${name} (${((performance.now() - begin) / 1000).toFixed(1)} s)`)
    } catch (error) {
      ++failed
      console.log(`FAIL ${name}\n${error.stack}`)
    }
  }
  console.log(`${passed} passed, ${failed} failed`)
  return failed === 0 && passed > 0
}

// Until `look` finds what is wanted.
export async function until (what, look) {
  const end = performance.now() + patience
  let last
  while (performance.now() < end) {
    last = await look()
    if (last === true) return
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  assert.fail(`waited for: ${what}; there was ${JSON.stringify(last)}`)
}
