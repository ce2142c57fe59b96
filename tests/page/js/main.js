// Tests the live page in Chromium: main.js GRAPEVINE SCREENSHOTS [WORD]
//
// GRAPEVINE is the binary, SCREENSHOTS a folder for pictures to be looked at, WORD
// what the names of the cases contain that are to run. Exit status 77: there is no
// Chromium here (1 instead with CI=true).
import { existsSync, mkdirSync } from 'node:fs'
import { runAll } from './checks.js'
import { startBrowser, stopBrowser } from './browser.js'
import { stopAll } from './program.js'
import { addClusterTests } from './cluster_test.js'
import { addLiveTests } from './live_test.js'
import { addLookTests } from './look_test.js'
import { addManyTests } from './many_test.js'
import { addTokenTests } from './token_test.js'

const [grapevine, screenshots, word = ''] = process.argv.slice(2)
const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium'

if (!existsSync(chromium)) {
  console.error('***********************************************************************')
  console.error(`*** page: THE LIVE PAGE IS NOT TESTED: ${chromium} is missing`)
  console.error('***********************************************************************')
  process.exit(process.env.CI === 'true' ? 1 : 77)
}

mkdirSync(screenshots, { recursive: true })
addLiveTests(grapevine)
addManyTests(grapevine)
addTokenTests(grapevine)
addLookTests(grapevine, screenshots)
addClusterTests(grapevine, screenshots)
await startBrowser(chromium)
const passed = await runAll(word)
await stopBrowser()
stopAll()
process.exit(passed ? 0 : 1)
