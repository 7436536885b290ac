import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { presentSuites } from './present-suites.js'

void t.test('a suite whose file is gone for a moment is waited for', async t => {
  const folder = t.testdir({ 'ring.suite.ts': '' })
  const said: string[] = []
  const names = async () =>
    (
      await presentSuites(['ring'], { suites: folder, kernelSuites: [] }, line => said.push(line))
    )?.map(({ name }) => name)
  t.strictSame(await names(), ['ring'])
  await rename(join(folder, 'ring.suite.ts'), join(folder, 'ring.suite.ts~'))
  t.equal(await names(), undefined)
  t.match(said, [/^No suite is named "ring".* Waiting for its file\.$/])
  await rename(join(folder, 'ring.suite.ts~'), join(folder, 'ring.suite.ts'))
  t.strictSame(await names(), ['ring'])
})
