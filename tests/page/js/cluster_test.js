// The page of a cluster: what it shows of its nodes, and of what becomes of them.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { accessibilityProblems, widthBeyond, withPage } from './browser.js'
import { test, until } from './checks.js'
import { Program } from './program.js'

// Below those that the system gives by itself.
let port = 12_000 + (process.pid % 700) * 10

async function withCluster (grapevine, faults, todo) {
  const folder = new Program('true', [])
  const file = join(folder.folder, 'faults.toml')
  writeFileSync(file, faults)
  port += 10
  const cluster = new Program(grapevine, ['cluster', 'up', '-n', '4', '--port', `${port}`, '--folder', folder.folder,
    '--topic', 'news', '--topic', 'weather', '--faults', file])
  try {
    cluster.url = (await cluster.printed(/nodes are up: (http:\S+)\//))[1]
    cluster.nodePort = port + 1
    await todo(cluster)
  } finally {
    // In order, as its nodes go with it.
    cluster.child.kill('SIGTERM')
    await cluster.ended
    await cluster.stop()
    await folder.stop()
  }
}

const cell = (page, name, i) => page.locator(`tr[data-node="${name}"] td`).nth(i)

export function addClusterTests (grapevine, screenshots) {
  test('a cluster: all nodes, their mesh, and what is delivered', () => withCluster(grapevine,
    '[[fault]]\nat = "1h"\ndo = "kill"\nnodes = [1]\n', cluster => withPage(cluster, { reducedMotion: 'reduce' }, async page => {
      await page.locator('#node-table tbody tr').nth(3).waitFor()
      assert.equal(await page.locator('.cluster-figure .dot.mesh').count(), 4)
      assert.match(await page.locator('#mesh-counts').textContent(), /4 of 4 nodes hang together/)
      await page.locator('#topic').selectOption('weather')
      await until('the other mesh', async () => /Mesh of weather/.test(await page.locator('.cluster-figure svg').getAttribute('aria-label')))
      const published = await fetch(`http://127.0.0.1:${cluster.nodePort}/api/v1/publish?topic=news`, { method: 'POST', body: 'hello' })
      assert.equal(published.status, 200)
      const link = cell(page, 'node-01', 0).locator('a')
      assert.equal(await link.getAttribute('href'), `http://127.0.0.1:${cluster.nodePort}/`)
      await until('what was delivered', async () => {
        const told = await (await fetch(`${cluster.url}/api/v1/cluster`)).json()
        return told.nodes.filter(({ delivered }) => delivered === 1).length >= 3
      })
      await page.screenshot({ path: join(screenshots, 'cluster.png'), fullPage: true })
      assert.ok(await widthBeyond(page) <= 0)
      assert.deepEqual(await accessibilityProblems(page), [])
    })))

  test('a cluster: a node that was killed is seen to be', () => withCluster(grapevine,
    '[[fault]]\nat = "0s"\ndo = "kill"\nnodes = [2]\n', cluster => withPage(cluster, { reducedMotion: 'reduce' }, async page => {
      await until('its state', async () => (await cell(page, 'node-02', 1).textContent()) === 'signal 9')
      await page.locator('.dot.down[data-node="node-02"]').waitFor()
      await page.locator('#event-feed li', { hasText: 'kill node-02' }).waitFor()
    })))
}
