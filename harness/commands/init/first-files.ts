import type { FoundModules } from './module-folders.js'

/** `modprove.config.ts` for what was found. */
export function configText({ folders, include }: FoundModules): string {
  const [first = '.', ...others] = folders ?? []
  let fields = '  // Folders, make and PRE_BUILD are those of dkms.conf.\n'
  if (folders !== undefined && others.length === 0) fields = `  module: '${first}',\n`
  else if (folders !== undefined)
    fields = `  // In the order in which they are built: a folder may use symbols of those before it.\n  modules: [${folders.map(folder => `'${folder}'`).join(', ')}],\n`
  if (include.length > 0) fields += `  include: [${include.map(path => `'${path}'`).join(', ')}],\n`
  return `import { defineConfig } from 'modprove'

export default defineConfig({
${fields}})
`
}

/** A first suite, to be changed. */
export function suiteText({ modules }: FoundModules): string {
  const [name] = modules
  if (name === undefined || modules.length > 1) {
    return `import { suite } from 'modprove'

const test = suite('the modules together')

test('they are all loaded at once', async (t, guest) => {
  for (const name of guest.modules.built) await guest.modules.load({ name })
  t.strictSame(await guest.modules.loaded(), guest.modules.built)
})
`
  }
  return `import { suite } from 'modprove'

const test = suite('${name}', { modules: [{ name: '${name}' }] })

test('the module is loaded', async (t, guest) => {
  t.strictSame(await guest.modules.loaded(), ['${name}'])
})
`
}

/**
 * A workflow for GitHub. @param folder of the project in its repository
 * @param action `owner/repository/path@ref`
 */
export const workflowText = (folder: string, action: string): string => `name: modprove

on:
  push:
  pull_request:

permissions:
  contents: read

jobs:
  modprove:
    runs-on: ubuntu-24.04
    timeout-minutes: 120
    steps:
      - uses: actions/checkout@8e8c483db84b4bee98b60c0593521ed34d9990e8 # v6.0.1
        with:
          persist-credentials: false
      - uses: ${action}
        with:
          folder: ${JSON.stringify(folder)}
          flavour: plain,debug
`
