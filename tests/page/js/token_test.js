// The page of a node that asks for a token.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isLive, withPage } from './browser.js'
import { test } from './checks.js'
import { startNode } from './program.js'

export function addTokenTests (grapevine) {
  test('the page asks for the token, and keeps it while it is open', async () => {
    const token = '0123456789abcdef0123456789abcdef'
    const folder = mkdtempSync(join(tmpdir(), 'grapevine-token-'))
    writeFileSync(join(folder, 'token'), token + '\n', { mode: 0o600 })
    const node = await startNode(grapevine, ['--api-token-file', join(folder, 'token')])
    try {
      await withPage(node, { expected: /401/ }, async page => {
        await page.locator('#token').waitFor()
        assert.equal(await page.locator('#node-id').textContent(), '')
        await page.locator('#token-value').fill('wrong')
        await page.keyboard.press('Enter')
        await page.locator('#token-wrong', { hasText: 'not the token' }).waitFor()
        await page.locator('#token-value').fill(token)
        await page.keyboard.press('Enter')
        await isLive(page)
        assert.equal(await page.locator('#node-id').textContent(), node.id)
        await page.reload()
        await isLive(page)
        await page.locator('#publish-topic').fill('news')
        await page.getByLabel('Message', { exact: true }).fill('x')
        await page.getByRole('button', { name: 'Publish' }).click()
        await page.locator('#publish-result', { hasText: 'nobody is there' }).waitFor()
      })
    } finally {
      await node.stop()
      rmSync(folder, { recursive: true })
    }
  })
}
