// The page of a node with 200 peers.
import assert from 'node:assert/strict'
import { isLive, withPage } from './browser.js'
import { test, until } from './checks.js'
import { manyPeers, manyPeersRoutes } from './many_peers.js'
import { startNode } from './program.js'

function idsInTable (page) {
  return page.locator('#peer-table tbody tr[data-peer]').evaluateAll(all => all.map(one => one.dataset.peer))
}

async function withManyPeers (grapevine, options, look) {
  const node = await startNode(grapevine)
  try {
    await withPage(node, { routes: manyPeersRoutes(), ...options }, async page => {
      await page.locator('#peer-table tbody tr[data-peer]').nth(199).waitFor()
      await look(page)
    })
  } finally {
    await node.stop()
  }
}

function sorted (peers, value, descending) {
  const sign = descending ? -1 : 1
  return [...peers].sort((a, b) => {
    const [x, y] = [value(a) ?? NaN, value(b) ?? NaN]
    if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y) || a.id.localeCompare(b.id)
    return sign * (x - y) || a.id.localeCompare(b.id)
  }).map(one => one.id)
}

export function addManyTests (grapevine) {
  const { peers, topics } = manyPeers()

  test('the table is sorted and opened by keyboard', () => withManyPeers(grapevine, {}, async page => {
    await isLive(page)
    assert.deepEqual(await idsInTable(page), sorted(peers, one => one.score?.total, true))
    const head = page.getByRole('columnheader', { name: 'Ping' })
    assert.equal(await head.getAttribute('aria-sort'), null)
    await head.getByRole('button').focus()
    await page.keyboard.press('Enter')
    assert.equal(await head.getAttribute('aria-sort'), 'descending')
    assert.deepEqual(await idsInTable(page), sorted(peers, one => one.round_trip_ms, true))
    await page.keyboard.press('Space')
    assert.equal(await head.getAttribute('aria-sort'), 'ascending')
    const ids = await idsInTable(page)
    assert.deepEqual(ids, sorted(peers, one => one.round_trip_ms, false))

    const button = page.locator(`tr[data-peer="${ids[0]}"] button`)
    await button.focus()
    await page.keyboard.press('Enter')
    assert.equal(await button.getAttribute('aria-expanded'), 'true')
    await page.locator('tr.details', { hasText: ids[0] }).waitFor()
    // The focus stays where it is though the table is shown anew.
    await page.evaluate(() => document.getElementById('peer-filter').dispatchEvent(new Event('input')))
    assert.equal(await button.evaluate(one => one === document.activeElement), true)
    await page.keyboard.press('Enter')
    assert.equal(await page.locator('tr.details').count(), 0)
  }))

  test('the table tells the parts of a score', () => withManyPeers(grapevine, {}, async page => {
    const peer = peers.find(one => one.score && one.score.behaviour < 0)
    const row = page.locator(`tr[data-peer="${peer.id}"]`)
    assert.ok((await row.textContent()).includes(peer.score.total.toFixed(2)))
    assert.ok((await row.textContent()).includes(peer.score.behaviour.toFixed(2)))
    await row.getByRole('button').click()
    const details = await page.locator('tr.details').textContent()
    for (const topic of peer.score.by_topic) assert.ok(details.includes(topic.first_deliveries.toFixed(2)), details)
  }))

  test('the table is narrowed by a word', () => withManyPeers(grapevine, {}, async page => {
    await page.getByLabel('Peers with').fill('GO-LIBP2P')
    const wanted = peers.filter(one => one.agent?.startsWith('go-libp2p')).map(one => one.id)
    assert.ok(wanted.length > 10)
    await until('those of go', async () => String((await idsInTable(page)).sort()) === String(wanted.sort()))
    assert.equal(await page.locator('#peer-count').textContent(), `${wanted.length} of 200`)
    await page.getByLabel('Peers with').fill('nobody')
    await page.locator('#peer-none', { hasText: 'No peer is like this.' }).waitFor()
  }))

  test('a mesh of many has each peer once, in its place', () => withManyPeers(grapevine, {}, async page => {
    const news = topics.find(one => one.topic === 'news')
    const dots = page.locator('figure[data-topic=news] g.dot')
    await until('all dots', async () => (await dots.count()) === news.peers.length + 1)
    assert.equal(await page.locator('figure[data-topic=news] g.dot.mesh').count(), news.mesh.length)
    assert.equal(await page.locator('figure[data-topic=news] line').count(), news.mesh.length)
    const name = await page.locator('figure[data-topic=news] svg').getAttribute('aria-label')
    assert.ok(name.includes(`${news.mesh.length} in the mesh`), name)
    // Further topics are there when they are asked for.
    assert.equal(await page.locator('#mesh-pictures figure').count(), 8)
    await page.locator('#mesh-more').click()
    assert.equal(await page.locator('#mesh-pictures figure').count(), topics.length)
    await page.getByLabel('Topics with').fill('votes')
    const votes = topics.find(one => one.topic === 'votes')
    assert.equal(await page.locator('#mesh-pictures g.dot.fanout').count(), votes.fanout.length)
    assert.ok(votes.fanout.length > 0)
  }))

  test('charts have what the metrics tell', () => withManyPeers(grapevine, {}, async page => {
    const label = page.locator('figure', { hasText: 'Latencies' }).locator('canvas')
    await until('numbers', async () => /validation \d.* ms, .*ping \d.* ms/.test(await label.getAttribute('aria-label') ?? ''))
    const rates = page.locator('figure', { hasText: 'Messages per second' }).locator('canvas')
    assert.match(await rates.getAttribute('aria-label'), /accepted [\d,.]+( k)?, published/)
  }))

  test('who does not want motion sees none', () => withManyPeers(grapevine, { reducedMotion: 'reduce' }, async page => {
    const places = () => page.locator('figure[data-topic=news] g.dot').evaluateAll(
      all => all.map(one => one.getAttribute('transform')).join())
    const first = await places()
    await page.evaluate(() => new Promise(resolve => setTimeout(resolve, 300)))
    assert.equal(await places(), first)
    assert.equal(await page.evaluate(() => document.getAnimations().length), 0)
  }))
}
