import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../platform/files/package-root.js'
import { compareVersions } from '../platform/text/version.js'
import { sourcesIn } from '../project/module-sources.fixture.js'
import { readProject } from '../project/project.js'
import { checkpatch, checkpatchOf } from './checkpatch.js'
import { imagesFolder } from './images.js'
import { builtKernels } from './kernels/built-kernels.js'

/** Older ones warn where there is nothing wrong. */
const OLDEST = '6.1'

const tree = (await builtKernels())
  .filter(({ release }) => compareVersions(release, OLDEST) >= 0)
  .sort((a, b) => compareVersions(a.release, b.release))
  .map(({ folder }) => join(folder, 'tree'))
  .findLast(tree => existsSync(checkpatchOf(tree)))
const skip = tree === undefined && 'no kernel is built: modprove build builds one'

const { module } = await readProject(packageRoot)
const { signal } = new AbortController()
const folder = (root: string) => sourcesIn(root, { folders: [{ name: '.', make: {} }] })

for (const [what, sources] of [
  ['the module', module],
  ["chaos' modules", folder(join(packageRoot, 'harness/selftest/chaos/module'))],
  ["the guest's agent", folder(join(imagesFolder, 'guest/agent'))],
] as const)
  t.test(`checkpatch has nothing to say of ${what}`, { skip }, async t => {
    t.strictSame(await checkpatch(tree ?? '', sources, signal), [])
  })

t.test('what it says has file and line, and heeds the options of the folder', { skip }, async t => {
  const text = '// SPDX-License-Identifier: GPL-2.0\nint ring_size=4;\nextern int ring_max;\n'
  const files = { 'ring.c': text, 'ring.md': text, suites: { 'ring.c': text } }
  const parts = { leftOut: ['module/suites'] }
  const said = (options: object) =>
    checkpatch(
      tree ?? '',
      sourcesIn(t.testdir({ module: { ...files, ...options } }), parts),
      signal,
    )
  const avoid = /^module\/ring\.c:3: WARNING:AVOID_EXTERNS: /
  t.match(await said({}), [/^module\/ring\.c:2: ERROR:SPACING: spaces required/, avoid])
  t.match(await said({ '.checkpatch.conf': '--ignore SPACING # reason' }), [avoid])
  await t.rejects(said({ '.checkpatch.conf': '--no-such-option' }), {
    code: 'CHECKPATCH_FAILED',
    detail: /no-such-option/,
  })
})
