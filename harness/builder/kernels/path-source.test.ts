import { execFile } from 'node:child_process'
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { silent } from '../../platform/terminal/progress.js'
import { loadFlavours, selectFlavour } from './flavours.js'
import { kernelKey, requireKernel } from './kernel.js'
import { pathSource } from './path-source.js'
import { toyTree } from './toy-tree.fixture.js'

const base = await mkdtemp(join(tmpdir(), 'modprove-path-'))
process.env['MODPROVE_CACHE'] = join(base, 'cache')
t.teardown(() => rm(base, { recursive: true, force: true }))

const { signal } = new AbortController()
const work = { signal, progress: silent }
const plain = selectFlavour(await loadFlavours(), 'plain')
const git = (cwd: string, ...args: string[]) =>
  promisify(execFile)('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd })

/** Every file with what a write would change. */
async function snapshot(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true })
  const told = async (name: string) => {
    const { size, mtimeMs, ino } = await lstat(join(folder, name))
    return `${name} ${size} ${mtimeMs} ${ino}`
  }
  return Promise.all(entries.sort().map(told))
}

void t.test('a tree is built elsewhere, and is not written to', async t => {
  const tree = await toyTree(join(base, 'untouched'), '6.12.99')
  await git(tree, 'init', '-q')
  await git(tree, 'add', '.')
  await git(tree, 'commit', '-q', '-m', 'a')
  // Git would refresh its index, given the chance.
  await utimes(join(tree, 'Makefile'), new Date(0), new Date(0))
  const before = await snapshot(tree)
  const source = await pathSource(tree, signal)
  t.match(source, { series: '6.12', release: '6.12.99' })
  t.match(source.id, /^path:\/.*untouched git [0-9a-f]{12}$/)
  t.equal((await kernelKey(source, plain)).isBuilt, false)
  const kernel = await requireKernel({ source, flavour: plain, ...work })
  t.match(kernel, { series: '6.12', release: '6.12.99', source: source.id })
  t.match(await readdir(kernel.folder), ['System.map', 'build.log'])
  t.ok((await readFile(kernel.config, 'utf8')).includes('CONFIG_MODULES=y'))
  t.strictSame(await snapshot(tree), before)
  t.strictSame(await kernelKey(source, plain), { key: kernel.key, isBuilt: true })
  const builds = await readdir(join(base, 'cache/path-builds'))
  t.strictSame(await readdir(join(base, 'cache/path-builds', builds[0] ?? '')), [])
})

void t.test('its key identifies its content: the commit, and changes to it', async t => {
  const tree = await toyTree(join(base, 'in-git'), '6.12.99')
  await git(tree, 'init', '-q')
  await git(tree, 'add', '.')
  await git(tree, 'commit', '-q', '-m', 'a')
  const id = async () => (await pathSource(tree, signal)).id
  const clean = await id()
  await writeFile(join(tree, 'kernel/fork.c'), 'changed')
  const changed = await id()
  t.match(changed, / git [0-9a-f]{12} \+ [0-9a-f]{16}$/)
  await writeFile(join(tree, 'kernel/fork.c'), 'Changed')
  const again = await id()
  await writeFile(join(tree, 'kernel/new.c'), '')
  const added = await id()
  await writeFile(join(tree, 'kernel/new.c'), 'x')
  const filled = await id()
  t.equal(new Set([clean, changed, again, added, filled]).size, 5)
  await rm(join(tree, 'kernel/new.c'))
  await writeFile(join(tree, 'kernel/fork.c'), '')
  t.equal(await id(), clean, 'and is the same again for the same content')
})

void t.test('what no kernel is built from does not change its key', async t => {
  for (const [name, hasGit] of [
    ['git', true],
    ['no-git', false],
  ] as const) {
    const tree = await toyTree(join(base, `apart-${name}`), '6.12.99')
    if (hasGit) {
      await git(tree, 'init', '-q')
      await git(tree, 'add', '.')
      await git(tree, 'commit', '-q', '-m', 'a')
    }
    const apart = ['kernel/fork.c', 'ring'].map(path => join(tree, path))
    const id = async () => (await pathSource(tree, signal, [...apart, '/elsewhere'])).id
    const before = await id()
    await writeFile(join(tree, 'kernel/fork.c'), 'changed')
    await mkdir(join(tree, 'ring'))
    await writeFile(join(tree, 'ring/ring.c'), '')
    t.equal(await id(), before, name)
    await writeFile(join(tree, 'kernel/ring.c'), '')
    t.not(await id(), before, 'and all else does')
  }
})

void t.test('without git its key depends on each file’s size and time', async t => {
  // Below a repository of something else, which says nothing of this folder.
  await mkdir(join(base, 'other'))
  await git(join(base, 'other'), 'init', '-q')
  await writeFile(join(base, 'other/a'), '')
  await git(join(base, 'other'), 'add', '.')
  await git(join(base, 'other'), 'commit', '-q', '-m', 'a')
  const tree = await toyTree(join(base, 'other/tree'), '7.3.0-rc7')
  const first = await pathSource(tree, signal)
  t.match(first, { series: '7.3', release: '7.3.0-rc7' })
  t.match(first.id, / files [0-9a-f]{16}$/)
  t.equal((await pathSource(tree, signal)).id, first.id)
  await utimes(join(tree, 'kernel/fork.c'), new Date(0), new Date(0))
  t.not((await pathSource(tree, signal)).id, first.id)
})

void t.test('a module that is asked for and built in is refused before the build', async t => {
  const tree = await toyTree(join(base, 'builtin'), '6.12.99')
  const source = await pathSource(tree, signal)
  const said: string[] = []
  const inTree = { tree, object: 'dummy', sources: [], option: 'CONFIG_DUMMY' }
  const option = { name: 'CONFIG_DUMMY', value: 'y', source: 'modprove.config.json: kconfig[1]' }
  const request = { source, flavour: { ...plain, options: [option] }, notBuiltIn: [inTree], signal }
  const progress = { ...silent, step: (what: string) => (said.push(what), silent.step(what)) }
  await t.rejects(requireKernel({ ...request, progress }), {
    code: 'BUILT_IN',
    exitCode: 2,
    message: /dummy is part of kernel 6\.12\.99, which has CONFIG_DUMMY=y/,
    remedy: 'Write CONFIG_DUMMY=m in modprove.config.json: kconfig[1]',
  })
  t.strictSame(said, ['configuring kernel 6.12.99 plain'])
})

void t.test('a tree that changes during its build gives no kernel', async t => {
  const tree = await toyTree(join(base, 'edited'), '6.12.99')
  const source = await pathSource(tree, signal)
  await writeFile(join(tree, 'kernel/fork.c'), 'an edit')
  await t.rejects(requireKernel({ source, flavour: plain, ...work }), {
    code: 'TREE_CHANGED',
    exitCode: 3,
  })
  t.equal((await kernelKey(source, plain)).isBuilt, false)
})

void t.test('a tree that is not clean is refused with a remedy', async t => {
  await t.rejects(pathSource(join(base, 'absent'), signal), {
    code: 'NOT_A_KERNEL_TREE',
    exitCode: 2,
    message: /absent is not a kernel's source tree: the folder does not exist/,
  })
  const empty = join(base, 'empty')
  await mkdir(empty)
  await t.rejects(pathSource(empty, signal), { message: /No rule to make target 'kernelversion'/ })
  for (const trace of ['.config', 'include/config/a', 'arch/x86/include/generated/a']) {
    const tree = await toyTree(join(base, `built-${trace.replaceAll('/', '-')}`), '6.12.99')
    await mkdir(join(tree, trace, '..'), { recursive: true })
    await writeFile(join(tree, trace), '')
    await t.rejects(pathSource(tree, signal), {
      code: 'TREE_NOT_CLEAN',
      exitCode: 2,
      remedy: new RegExp(`^make -C ${tree} ARCH=x86_64 mrproper`),
    })
  }
})
