import { execFile } from 'node:child_process'
import { constants } from 'node:os'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { SyscallError } from '../../guest/index.js'
import { sourcesIn } from '../../project/module-sources.fixture.js'
import { fetchCounts, reportCoverage } from './coverage.js'
import type { Session } from '../session.js'

const run = promisify(execFile)
const { signal } = new AbortController()

void t.test('files of one name in two folders are counted apart', async t => {
  const root = t.testdir({ a: {}, b: {} })
  const notes: Record<string, string> = {}
  for (const folder of ['a', 'b']) {
    const cwd = join(root, folder)
    const file = join(cwd, 'main.c')
    await writeFile(file, `int main(void)\n{\n\treturn ${folder === 'a' ? 0 : 1};\n}\n`)
    await run('gcc', ['--coverage', '-c', '-o', 'main.o', file], { cwd })
    await run('gcc', ['--coverage', '-o', 'main', 'main.o'], { cwd })
    notes[`${folder}/main`] = join(cwd, 'main.gcno')
  }
  await run(join(root, 'a/main'))
  /** Of a kernel in which the first folder's module was loaded. */
  const readBytes = (path: string) =>
    readFile(path.replace('/sys/kernel/debug/gcov', '')).catch(() => {
      throw new SyscallError('open', [path], constants.errno.ENOENT)
    })
  const session = {
    guest: { readBytes },
    setup: { machine: { accelerator: 'kvm' } },
  } as unknown as Session
  const folder = join(root, 'counts')
  const wanted = { folder, compiledIn: root, objects: Object.keys(notes) }
  t.equal(await fetchCounts(session, wanted, signal), undefined)
  const project = { module: sourcesIn(root), suites: root }
  const column = { notes, compiledIn: root, folders: [folder] }
  const { files } = await reportCoverage(project, [column], join(root, 'report'), signal)
  t.match(files, [
    { file: 'a/main.c', lines: { covered: 2, total: 2 } },
    { file: 'b/main.c', lines: { covered: 0, total: 2 } },
  ])
})
