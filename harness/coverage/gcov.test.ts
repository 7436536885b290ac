import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { mergeCoverage, readCounts } from './index.js'
import { writeReports } from './write.js'

const run = promisify(execFile)
const PROGRAM = `int main(int argc, char **argv)
{
	if (argc > 1)
		return argv[1][0] == 'x';
	return 2;
}
`

/** Compiles a program for coverage, as Kbuild names it, and returns its counts after these runs. */
async function counted(t: Test, runs: readonly string[][], isRelative = false) {
  const root = t.testdir({ module: { 'driver.c': PROGRAM } })
  const folder = join(root, 'module')
  const file = isRelative ? 'driver.c' : join(folder, 'driver.c')
  const gcc = (...args: string[]) => run('gcc', ['--coverage', ...args], { cwd: folder })
  await gcc('-c', '-o', 'driver.o', file)
  await gcc('-o', 'driver', 'driver.o')
  for (const args of runs) await run(join(folder, 'driver'), args).catch(() => undefined)
  return {
    data: join(folder, 'driver.gcda'),
    notes: join(folder, 'driver.gcno'),
    compiledIn: root,
  }
}

const { signal } = new AbortController()

void t.test('what a program executed is counted by line and branch', async t => {
  const [source] = await readCounts(await counted(t, [['x'], []]), signal)
  t.equal(source?.file, 'module/driver.c')
  t.equal(source?.lines.get(3), 2)
  t.equal(source?.lines.get(4), 1)
  t.same(source?.functions.get('main'), { line: 1, count: 2 })
  t.ok(source?.branches.find(({ line }) => line === 3)?.counts.every(count => count === 1))
})

void t.test('a file that the compiler knew by a relative name has its whole one', async t => {
  const [source] = await readCounts(await counted(t, [['x']], true), signal)
  t.equal(source?.file, 'module/driver.c')
})

void t.test('counts of another build are refused, not read as zeros', async t => {
  const one = await counted(t, [[]])
  const data = join(one.compiledIn, 'other.gcda')
  const bytes = await readFile(one.data)
  // libgcc's gcov-io.h: magic, version, stamp.
  bytes.writeUInt32LE(1, 8)
  await writeFile(data, bytes)
  await t.rejects(readCounts({ ...one, data }, signal), { code: 'GCOV_FAILED' })
})

void t.test('a gcov that prints another form is refused, not read as zeros', async t => {
  const counts = await counted(t, [[]])
  const path = process.env['PATH'] ?? ''
  t.teardown(() => (process.env['PATH'] = path))
  process.env['PATH'] = `${counts.compiledIn}${delimiter}${path}`
  const gcov = join(counts.compiledIn, 'gcov')
  for (const output of ['', '{"files":', '{"files":[{"file":"x"}]}', '{"version":"9"}']) {
    await writeFile(gcov, `#!/bin/sh\necho '${output}'\n`, { mode: 0o755 })
    await t.rejects(readCounts(counts, signal), { code: 'GCOV_FAILED', exitCode: 3 }, output)
  }
})

void t.test('lcov and HTML are written', async t => {
  const sources = mergeCoverage(await readCounts(await counted(t, [['x']]), signal))
  const root = t.testdir({ module: { 'driver.c': PROGRAM } })
  const folder = join(root, 'coverage')
  await mkdir(folder)
  await writeReports(sources, root, folder)
  const lcov = await readFile(join(folder, 'lcov.info'), 'utf8')
  t.match(lcov, /SF:module\/driver\.c/)
  t.match(lcov, /DA:4,1\n/)
  t.match(lcov, /DA:5,0\n/)
  t.match(await readFile(join(folder, 'driver.c.html'), 'utf8'), /argc/)
})
