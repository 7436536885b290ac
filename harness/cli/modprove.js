#!/usr/bin/env node
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { compiledHarness } from '../compile/harness.js'

/** Without npm packages only `doctor` works: it reports what this host lacks. */
async function sayWhatIsMissing() {
  if (process.argv[2] === 'doctor') {
    const { checkText, hostChecks } = await import('../commands/host-checks.js')
    const checks = await hostChecks(fileURLToPath(new URL('../..', import.meta.url)))
    process.stdout.write(checks.map(check => checkText(check)).join(''))
    process.stdout.write('! no machine was tried: that needs the npm packages\n')
  } else {
    console.error(
      'modprove: its npm packages are not installed.\n  try: make setup   (modprove doctor lists what else is missing)',
    )
  }
}

/** Loads the compiled command line; if it cannot be cached, tsx compiles it each time. */
async function commandLine() {
  try {
    return pathToFileURL(`${await compiledHarness()}/main.mjs`).href
  } catch (error) {
    if (error.syscall === undefined) throw error
    const { register } = await import('tsx/esm/api')
    register()
    return './main.ts'
  }
}

process.setSourceMapsEnabled(true)
try {
  await import(await commandLine())
} catch (error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
  await sayWhatIsMissing()
  process.exit(3)
}
