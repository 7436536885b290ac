#!/usr/bin/env node
import process from 'node:process'
import { fileURLToPath } from 'node:url'

/** There is no command line without npm packages, but `doctor` says what this host lacks. */
async function sayWhatIsMissing() {
  if (process.argv[2] === 'doctor') {
    const { checkText, hostChecks } = await import('./host-checks.js')
    const checks = await hostChecks(fileURLToPath(new URL('../..', import.meta.url)))
    process.stdout.write(checks.map(check => checkText(check)).join(''))
    process.stdout.write('! no machine was tried: that needs the npm packages\n')
  } else {
    console.error(
      'modprove: its npm packages are not installed.\n  try: make setup   (modprove doctor says what else is missing)',
    )
  }
}

process.setSourceMapsEnabled(true)
try {
  const { register } = await import('tsx/esm/api')
  register()
} catch (error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
  await sayWhatIsMissing()
  process.exit(3)
}
await import('./main.ts')
