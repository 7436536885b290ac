import { execFile } from 'node:child_process'
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import * as esbuild from 'esbuild'
import t, { type Test } from 'tap'
import { WITHOUT_COLOURS } from '../platform/terminal/colours.js'
import { packageRoot } from '../platform/files/package-root.js'
import { entries } from './entries.js'
import { compiledHarness } from './harness.js'
import { compiled } from './store.js'

/** A store, and a source with an import, in the test's own folders. */
function toy(t: Test) {
  const folder = t.testdir({
    src: {
      'a.ts': "import { b } from './b.js'\nexport const a: string = `a${b}`\n",
      'b.ts': "export const b: string = '1'\n",
    },
  })
  const source = (name: string) => join(folder, 'src', name)
  const store = join(folder, 'js')
  const compile = () => compiled(store, 'toy', { entries: { a: source('a.ts') }, keepsUrls: true })
  const load = async (made: string) =>
    (await import(pathToFileURL(join(made, 'a.mjs')).href)) as Record<string, string>
  return { store, source, compile, load }
}

void t.test('what was compiled is kept until a source is another one', async t => {
  const { store, source, compile, load } = toy(t)
  const first = await compile()
  t.match(await load(first), { a: 'a1' })
  await writeFile(join(first, 'witness'), '')
  t.equal(await compile(), first)
  const later = new Date(Date.now() + 60_000)
  await utimes(source('b.ts'), later, later)
  t.equal(await compile(), first, 'a touch is no change')
  t.ok((await readdir(first)).includes('witness'), 'it was not made again')
  await writeFile(source('b.ts'), "export const b: string = '2'\n")
  const second = await compile()
  t.match(await load(second), { a: 'a2' })
  t.match(await load(first), { a: 'a1' }, 'who began with the first goes on with it')
  await rm(second, { recursive: true })
  t.equal(await compile(), second, 'what was deleted is made again')
  t.strictSame(
    (await readdir(store)).sort(),
    [basename(first), basename(second), 'toy.json'].sort(),
    'nothing else is left',
  )
})

void t.test('a manifest that cannot be read is as good as none', async t => {
  const { store, compile, load } = toy(t)
  await mkdir(store)
  for (const text of ['', '{', 'null', '[]', '{"folder":"x"}', '{"folder":"x","inputs":[1]}']) {
    await writeFile(join(store, 'toy.json'), text)
    t.match(await load(await compile()), { a: 'a1' }, text)
  }
})

void t.test('several at once make the same', async t => {
  const { compile, load, store } = toy(t)
  const made = await Promise.all([compile(), compile(), compile()])
  t.equal(new Set(made).size, 1)
  t.match(await load(made[0]), { a: 'a1' })
  t.equal((await readdir(store)).length, 2)
})

void t.test(
  'processes that begin at once have the same, on an empty store and after a change',
  async t => {
    const { source, store, load } = toy(t)
    const script = `import(${JSON.stringify(join(packageRoot, 'harness/compile/store.js'))})
    .then(({ compiled }) => compiled(...${JSON.stringify([store, 'toy', { entries: { a: source('a.ts') } }])}))
    .then(made => import(made + '/a.mjs').then(({ a }) => console.log(made, a)))`
    const begin = async () => {
      const { stdout } = await promisify(execFile)(process.execPath, ['--eval', script])
      return stdout.trim().split(' ')
    }
    for (const value of ['1', '2']) {
      await writeFile(source('b.ts'), `export const b: string = '${value}'\n`)
      const ended = await Promise.all(Array.from({ length: 8 }, begin))
      t.strictSame([...new Set(ended.map(([, a]) => a))], [`a${value}`])
      t.equal(new Set(ended.map(([made]) => made)).size, 1)
      t.match(await load(ended[0]?.[0] ?? ''), { a: `a${value}` })
    }
    t.equal((await readdir(store)).length, 3, 'two versions, and which of them is the last')
  },
)

void t.test('what nobody began with for days is removed', async t => {
  const { store, source, compile } = toy(t)
  const old = await compile()
  const longAgo = new Date(Date.now() - 30 * 86_400_000)
  await utimes(old, longAgo, longAgo)
  t.equal(await compile(), old)
  await writeFile(source('b.ts'), "export const b: string = '2'\n")
  await compile()
  t.ok((await readdir(store)).includes(basename(old)), 'it was begun with just now')
  await utimes(old, longAgo, longAgo)
  await writeFile(source('b.ts'), "export const b: string = '3'\n")
  await compile()
  t.notOk((await readdir(store)).includes(basename(old)))
})

void t.test('a source says of itself where it is, and errors have its lines', async t => {
  const { source, compile, load } = toy(t)
  await writeFile(
    source('b.ts'),
    `interface Unused { readonly x: number }
export const b: string = [import.meta.url, import.meta.filename, import.meta.dirname].join(' ')
export const thrower = (): never => {
  throw new Error('here')
}
`,
  )
  await writeFile(source('a.ts'), "export { b, thrower } from './b.js'\n")
  const made = await compile()
  const path = source('b.ts')
  t.equal(
    (await load(made))['b'],
    [pathToFileURL(path).href, path, path.replace('/b.ts', '')].join(' '),
  )
  const script = `import(${JSON.stringify(join(made, 'a.mjs'))}).then(({ thrower }) => thrower())`
  const node = ['--enable-source-maps', '--eval', script]
  const env = { ...process.env, ...WITHOUT_COLOURS }
  const thrown = promisify(execFile)(process.execPath, node, { env })
  const ended = await thrown.catch((error: unknown) => error)
  t.match((ended as { readonly stderr: string }).stderr, `${path}:4:9`)
})

void t.test('what does not compile is reported with its line', async t => {
  const { source, compile, store } = toy(t)
  await writeFile(source('b.ts'), "export const b = '1'\n} oops\n")
  await t.rejects(compile(), { errors: [{ location: { line: 2 } }] })
  t.strictSame(await readdir(store), [])
})

/** Packages and own sources that an entry of the harness loads statically. */
async function loadedBy(t: Test, entry: keyof typeof entries) {
  const source = join('harness', entries[entry])
  const { metafile } = await esbuild.build({
    entryPoints: [join(packageRoot, source)],
    absWorkingDir: packageRoot,
    outdir: t.testdir(),
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    metafile: true,
    write: false,
  })
  const outputs = Object.entries(metafile.outputs)
  const [first = ''] = outputs.find(([, { entryPoint }]) => entryPoint === source) ?? []
  const reached = new Set([first])
  const packages = new Set<string>()
  for (const path of reached) {
    for (const { path: to, kind, external } of metafile.outputs[path]?.imports ?? []) {
      if (kind !== 'import-statement') continue
      if (external !== true) reached.add(to)
      else if (!to.startsWith('node:')) packages.add(to)
    }
  }
  const files = [...reached].flatMap(path => Object.keys(metafile.outputs[path]?.inputs ?? {}))
  return { packages, files }
}

void t.test('help needs no more than commander and the options', async t => {
  const { packages, files } = await loadedBy(t, 'main')
  t.strictSame([...packages], ['commander'])
  const implementation =
    /^harness\/(selftest|scheduler|worker|session|vm|guest|builder|verdict|history|record)\//
  t.strictSame(
    files.filter(file => implementation.test(file)),
    [],
  )
})

void t.test('a worker gets its job checked, and loads no schema', async t => {
  for (const entry of ['worker', 'suite'] as const)
    t.notOk((await loadedBy(t, entry)).packages.has('zod'), entry)
})

void t.test('execa is inside of the output, where it is one file', async t => {
  const folder = await compiledHarness()
  const names = (await readdir(folder)).filter(name => name.endsWith('.mjs'))
  const texts = await Promise.all(names.map(name => readFile(join(folder, name), 'utf8')))
  t.ok(texts.some(text => text.includes('node_modules/execa/lib/')))
  t.notOk(texts.some(text => /\b(?:from|import)\W+execa"/.test(text)))
})

void t.test('where nothing can be kept, the command line works all the same', async t => {
  const folder = t.testdir()
  for (const name of ['harness', 'package.json'])
    await cp(join(packageRoot, name), join(folder, name), { recursive: true })
  await symlink(join(packageRoot, 'node_modules'), join(folder, 'node_modules'))
  // A file in place of the folder: mkdir fails even for root.
  const cache = join(folder, 'cache')
  await writeFile(cache, '')
  const help = [join(folder, 'harness/cli/modprove.js'), '--help']
  const env = { ...process.env, MODPROVE_CACHE: cache }
  const { stdout } = await promisify(execFile)(process.execPath, help, { env })
  t.match(stdout, /^Usage: modprove/)
  t.equal(await readFile(cache, 'utf8'), '')
})

void t.test(
  'an installed package runs from the cache, and nothing is written below it',
  async t => {
    const folder = await mkdtemp(join(tmpdir(), 'modprove-installed-'))
    t.teardown(() => rm(folder, { recursive: true }))
    const packages = join(folder, 'node_modules')
    const installed = join(packages, 'modprove')
    for (const name of ['harness', 'images', 'package.json'])
      await cp(join(packageRoot, name), join(installed, name), { recursive: true })
    for (const name of await readdir(join(packageRoot, 'node_modules')))
      await symlink(join(packageRoot, 'node_modules', name), join(packages, name))
    const before = await readdir(installed, { recursive: true })
    // It needs packages that lie beside it, and the package's own files.
    const words = [join(installed, 'harness/cli/modprove.js'), 'kernels', '--nosuch']
    const env = { ...process.env, MODPROVE_CACHE: join(folder, 'cache') }
    const ended = promisify(execFile)(process.execPath, words, { env, cwd: folder })
    await t.rejects(ended, { code: 2, stderr: /unknown option '--nosuch'/ })
    t.strictSame(await readdir(installed, { recursive: true }), before)
    t.match(await readdir(join(folder, 'cache/js')), [/^\w{16}$/])
  },
)
