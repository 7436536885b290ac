import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { packageRoot } from '../platform/files/package-root.js'

const EXAMPLE = join(packageRoot, '.gitlab/modprove.yml')
const run = promisify(execFile)

/** What a reader that checks GitLab's schema says of a pipeline. */
async function listed(t: Test, text: string): Promise<string> {
  const cwd = t.testdir()
  await run('git', ['init', '-q', cwd])
  await writeFile(join(cwd, '.gitlab-ci.yml'), text)
  const reader = fileURLToPath(import.meta.resolve('gitlab-ci-local'))
  const env = { PATH: process.env['PATH'] ?? '', HOME: cwd, NO_COLOR: '1' }
  const said = await run(process.execPath, [reader, '--list'], { cwd, env }).catch(
    (error: { stderr: string }) => ({
      stdout: error.stderr,
    }),
  )
  return said.stdout
}

t.test("the example is valid by GitLab's schema, and shares out its suites", async t => {
  const text = await readFile(EXAMPLE, 'utf8')
  const jobs = await listed(t, text)
  t.match(jobs, /prove: \[1\/4\]/)
  t.match(jobs, /prove: \[4\/4\]/)
  t.match(jobs, /verdict/)
  const wrong = text.replace('expire_in: 1 week', 'expires: 1 week')
  t.notMatch(await listed(t, wrong), /prove: \[1\/4\]/, 'a wrong key is noticed')
})
