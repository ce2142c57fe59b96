// How the page looks and is used: on a phone and a desk, by day and by night, by
// keyboard. Takes screenshots to be looked at.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { accessibilityProblems, isLive, widthBeyond, withPage } from './browser.js'
import { test, until } from './checks.js'
import { withMesh } from './live_test.js'
import { manyPeersRoutes } from './many_peers.js'

const sizes = { 390: 844, 1400: 900 }

// Until there are lines in the charts, and the pictures have come to rest.
async function settle (page) {
  await isLive(page)
  await page.locator('#peer-table tbody tr[data-peer]').nth(1).waitFor()
  await until('two polls', async () => /received \d/.test(
    await page.locator('figure', { hasText: 'Bytes per second' }).locator('canvas').getAttribute('aria-label') ?? ''))
}

export function addLookTests (grapevine, screenshots) {
  for (const [count, routes] of [['3', () => ({})], ['200', manyPeersRoutes]])
    for (const [width, height] of Object.entries(sizes))
      for (const colorScheme of ['light', 'dark']) {
        const name = `${count}-peers-${width}-${colorScheme}`
        test(`the page fits and can be read: ${name}`, () => withMesh(grapevine, node => withPage(node, {
          colorScheme, viewport: { width: Number(width), height }, routes: routes(), reducedMotion: 'reduce'
        }, async page => {
          await settle(page)
          await page.locator('#peer-table tbody button').first().click()
          await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true })
          assert.ok(await widthBeyond(page) <= 0)
          assert.deepEqual(await accessibilityProblems(page), [])
        })))
      }

  test('all that can be used is reached by keyboard, and seen to be', () => withMesh(grapevine, node =>
    withPage(node, {}, async page => {
      await settle(page)
      const reached = []
      for (let i = 0; i < 80; ++i) {
        await page.keyboard.press('Tab')
        const one = await page.evaluate(() => {
          const active = document.activeElement
          if (active === document.body) return null
          const { outlineStyle, outlineWidth } = getComputedStyle(active)
          return { name: active.id || active.textContent, seen: outlineStyle !== 'none' && outlineWidth !== '0px' }
        })
        // Past the last one it is the browser's turn.
        if (!one) break
        reached.push(one)
      }
      assert.equal(reached[0].name, 'Skip to the content')
      assert.deepEqual(reached.filter(one => !one.seen), [])
      const names = reached.map(one => one.name)
      for (const wanted of ['peer-filter', 'Ping', 'publish-topic', 'publish-text', 'Publish', 'watch-topic', 'watch-button', 'events-pause'])
        assert.ok(names.includes(wanted), `${wanted} is not among ${names}`)
    })))
}
