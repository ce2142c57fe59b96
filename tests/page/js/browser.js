// The page in a browser, which must neither report an error nor ask another host.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'
import { patience } from './checks.js'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
let browser = null

export async function startBrowser (path) {
  // Root, as in containers, has no sandbox; nothing but the node's page is looked at.
  browser = await chromium.launch({ executablePath: path, args: process.getuid() === 0 ? ['--no-sandbox'] : [] })
}

export async function stopBrowser () {
  await browser?.close()
}

// Shows a node's page to `look`. Options are those of Playwright's contexts, and
// `routes`: what is answered in the node's place; `expected`: a pattern of console
// errors that belong to the case.
export async function withPage (node, { routes = {}, expected = /(?!)/, ...options }, look) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, ...options })
  const problems = []
  try {
    const page = await context.newPage()
    page.setDefaultTimeout(patience)
    page.on('console', message => {
      if (['error', 'warning'].includes(message.type()) && !expected.test(message.text())) problems.push(message.text())
    })
    page.on('pageerror', error => problems.push(String(error.stack)))
    page.on('request', request => {
      if (!request.url().startsWith(node.url + '/')) problems.push(`asked ${request.url()}`)
    })
    for (const [path, answer] of Object.entries(routes)) await page.route(node.url + path, answer)
    await page.goto(node.url)
    await look(page)
  } finally {
    await context.close()
  }
  assert.deepEqual(problems, [])
}

export async function isLive (page) {
  await page.locator('#state:not(.wrong)', { hasText: 'Live' }).waitFor()
}

export function widthBeyond (page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}

// What axe finds against WCAG 2.2 A and AA.
export async function accessibilityProblems (page) {
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => globalThis.axe.run({
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
  }))
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map(one => one.html).join(' ')}`)
}
