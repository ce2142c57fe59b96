// The page of a node in a mesh of three.
import assert from 'node:assert/strict'
import { isLive, withPage } from './browser.js'
import { test, until } from './checks.js'
import { Program, startNode } from './program.js'

// Three nodes that take part in a topic; those that joined know each other.
export async function withMesh (grapevine, run) {
  const first = await startNode(grapevine, ['--topic', 'news'])
  const others = [
    await startNode(grapevine, ['--topic', 'news', '--peer', first.address]),
    await startNode(grapevine, ['--topic', 'news', '--peer', first.address])
  ]
  try {
    await run(first, others)
  } finally {
    for (const node of [first, ...others]) await node.stop()
  }
}

function peersInMesh (page) {
  return page.locator('figure[data-topic=news] g.dot.mesh:not(.gone)').evaluateAll(
    all => all.map(one => one.dataset.peer).sort())
}

async function meshIs (page, nodes) {
  const wanted = nodes.map(one => one.id).sort()
  await until(`${wanted} in the picture`, async () => {
    const there = await peersInMesh(page)
    return String(there) === String(wanted) || there
  })
}

export function addLiveTests (grapevine) {
  test('the page shows the node, its mesh and its peers', () => withMesh(grapevine, (node, others) =>
    withPage(node, {}, async page => {
      await isLive(page)
      assert.equal(await page.locator('#node-id').textContent(), node.id)
      await meshIs(page, others)
      await page.locator('#figures div', { hasText: 'Peers' }).locator('dd', { hasText: /^2$/ }).waitFor()
      const rows = await page.locator('#peer-table tbody tr[data-peer]').evaluateAll(all => all.map(one => one.dataset.peer))
      assert.deepEqual(rows.sort(), others.map(one => one.id).sort())
      assert.equal(await page.locator('#peer-count').textContent(), '2')
    })))

  test('the picture moves with who joins and who leaves', () => withMesh(grapevine, (node, others) =>
    withPage(node, {}, async page => {
      await meshIs(page, others)
      const place = () => page.locator(`figure[data-topic=news] g[data-peer="${others[0].id}"]`).getAttribute('transform')
      const before = await place()
      const joined = await startNode(grapevine, ['--topic', 'news', '--peer', node.address])
      await meshIs(page, [...others, joined])
      await until('the others make room', async () => (await place()) !== before)
      await joined.stop()
      await meshIs(page, others)
      await page.locator('#event-feed .grafted', { hasText: joined.id.slice(-8) }).waitFor()
      await page.locator('#event-feed .disconnected', { hasText: joined.id.slice(-8) }).waitFor()
    })))

  test('a message that is published in the page comes to another node', () => withMesh(grapevine, (node, others) =>
    withPage(node, {}, async page => {
      await meshIs(page, others)
      const reader = new Program(grapevine, ['sub', 'news', '--count', '1', '--peer', others[0].address])
      await reader.printed(/in the mesh of "news"/, 'errors')
      await page.getByRole('region', { name: 'Messages' }).locator('#publish-topic').fill('news')
      await page.getByLabel('Message', { exact: true }).fill('grüße from the page')
      await page.getByRole('button', { name: 'Publish' }).click()
      await page.locator('#publish-result', { hasText: /Published to 2 peers/ }).waitFor()
      await reader.printed(/^grüße from the page$/m)
      await reader.ended
    })))

  test('a watched message appears as text, whatever is in it', () => withMesh(grapevine, (node, others) =>
    withPage(node, {}, async page => {
      await meshIs(page, others)
      await page.locator('#watch-topic').fill('news')
      await page.locator('#watch-topic').press('Enter')
      await page.locator('#watch-result', { hasText: 'Watching news' }).waitFor()
      const text = '<img src="http://evil.example/x" onerror="alert(1)"><b>&amp;'
      const sender = new Program(grapevine, ['pub', 'news', '--message', text, '--peer', others[1].address])
      assert.equal(await sender.ended, 0)
      await page.locator('#watched .text', { hasText: text }).waitFor()
      assert.equal(await page.locator('#watched img, #watched b').count(), 0)
      await page.getByRole('button', { name: 'Stop' }).click()
      await page.locator('#watch-result', { hasText: 'Stopped' }).waitFor()
      await page.getByRole('button', { name: 'Watch' }).waitFor()
    })))

  test('what cannot be published is said', () => withMesh(grapevine, node =>
    withPage(node, { expected: /413/ }, async page => {
      await page.locator('#publish-topic').fill('t'.repeat(2000))
      await page.getByLabel('Message', { exact: true }).fill('x')
      await page.getByLabel('Message', { exact: true }).press('Control+Enter')
      await page.locator('#publish-result.wrong', { hasText: 'Not published: ' }).waitFor()
    })))

  test('a node that has gone is said to be gone, and found again', async () => {
    const node = await startNode(grapevine)
    const port = new URL(node.url).port
    await withPage(node, { expected: /ERR_/ }, async page => {
      await isLive(page)
      await node.stop()
      await page.locator('#state.wrong', { hasText: 'does not answer' }).waitFor()
      const again = await startNode(grapevine, ['--api', `127.0.0.1:${port}`])
      await isLive(page)
      await until('its id', async () => (await page.locator('#node-id').textContent()) === again.id)
      await again.stop()
    })
  })
}
