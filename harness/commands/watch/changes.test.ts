import { mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import t from 'tap'
import { watchPaths } from './changes.js'

void t.test('a file is followed through replacements, in new folders, too', async t => {
  const folder = t.testdir({ 'a.c': '', sub: { 'b.ts': '' } })
  const over = new AbortController()
  t.teardown(() => over.abort())
  let told: (paths: ReadonlySet<string>) => void = () => undefined
  watchPaths([folder], paths => told(paths), over.signal)
  /** What is reported after `change` was made. */
  const after = async (change: () => Promise<void>): Promise<string[]> => {
    const next = new Promise<ReadonlySet<string>>(resolve => (told = resolve))
    await change()
    return [...(await next)].map(path => relative(folder, path)).sort()
  }
  const replace = (name: string) => async () => {
    await writeFile(join(folder, `${name}.tmp`), String(Math.random()))
    await rename(join(folder, `${name}.tmp`), join(folder, name))
  }
  for (const time of ['first', 'second', 'third']) {
    t.strictSame(await after(replace('a.c')), ['a.c'], `the ${time} time`)
    t.strictSame(await after(replace('sub/b.ts')), ['sub/b.ts'], `the ${time} time, in a folder`)
  }
  t.strictSame(await after(() => writeFile(join(folder, 'a.c'), 'x')), ['a.c'], 'in place')
  t.strictSame(await after(async () => void (await mkdir(join(folder, 'new')))), ['new'])
  t.strictSame(await after(replace('new/c.c')), ['new/c.c'])
  await after(() => rm(join(folder, 'new'), { recursive: true }))
  await after(async () => void (await mkdir(join(folder, 'new'))))
  t.strictSame(await after(replace('new/c.c')), ['new/c.c'], 'made again')
})

void t.test('unchanged, vanished and temporary files are not changes', async t => {
  const folder = t.testdir({ 'a.c': 'int a;', 'b.c': 'int b;' })
  const over = new AbortController()
  t.teardown(() => over.abort())
  const told: string[][] = []
  let wake = (): void => undefined
  watchPaths(
    [folder],
    paths => {
      told.push([...paths].map(path => relative(folder, path)).sort())
      if (paths.has(join(folder, 'b.c'))) wake()
    },
    over.signal,
  )
  /** Changes b.c, and waits for the report: earlier changes have been reported by then. */
  const settled = async () => {
    const next = new Promise<void>(resolve => (wake = resolve))
    await writeFile(join(folder, 'b.c'), String(Math.random()))
    await next
  }
  const now = new Date()
  await utimes(join(folder, 'a.c'), now, now)
  await settled()
  await writeFile(join(folder, 'a.c'), 'int a;')
  await settled()
  // As sed -i and Qt's editors save: under a name of their own, then renamed.
  for (const name of ['sedAbC123', 'b.c.XyZ987']) {
    await writeFile(join(folder, name), 'int b2;')
    await rename(join(folder, name), join(folder, 'b.c'))
    await settled()
  }
  // vim(1) tries with 4913 whether it can make a file there.
  const left = '4913 .x.ts.swp #x.c# x.c~ .git x.tmp x.c.orig x.c.bak .x.c.swx x.c___jb_tmp___'
  for (const name of left.split(' ')) await writeFile(join(folder, name), '')
  await settled()
  t.strictSame(new Set(told.flat()), new Set(['b.c']))
  for (const name of ['x.suite.ts', 'Kbuild', 'v2', '2.c']) await writeFile(join(folder, name), '')
  await settled()
  t.strictSame(new Set(told.flat()), new Set(['b.c', 'x.suite.ts', 'Kbuild', 'v2', '2.c']))
})

void t.test('a file alone is followed through replacements, and not what is beside it', async t => {
  const folder = t.testdir({ 'one.h': '', 'other.h': '' })
  const file = join(folder, 'one.h')
  const over = new AbortController()
  t.teardown(() => over.abort())
  const told: string[] = []
  let wake = (): void => undefined
  watchPaths(
    [file],
    paths => {
      told.push(...[...paths].map(path => relative(folder, path)))
      wake()
    },
    over.signal,
  )
  for (const text of ['1', '2', '3']) {
    const next = new Promise<void>(resolve => (wake = resolve))
    await writeFile(join(folder, 'other.h'), text)
    await writeFile(join(folder, 'new.h'), text)
    await rename(join(folder, 'new.h'), file)
    await next
  }
  t.strictSame(told, ['one.h', 'one.h', 'one.h'])
})
