import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { silent } from '../../platform/terminal/progress.js'
import { NOBODY, rememberIndex } from '../archive/archive.fixture.js'
import { loadCatalogue, type Catalogue } from './catalogue.js'
import { loadFlavours, selectFlavour } from './flavours.js'
import { kernelKey, requireKernel } from './kernel.js'
import { byCompilers, compiledBy } from './compiled-by.js'
import { selectKernels, selectOneKernel } from './select-kernels.js'
import { toyTree } from './toy-tree.fixture.js'

const cache = await mkdtemp(join(tmpdir(), 'modprove-select-'))
process.env['MODPROVE_CACHE'] = cache
process.env['MODPROVE_MIRROR'] = NOBODY
t.teardown(() => rm(cache, { recursive: true, force: true }))

const catalogue = await loadCatalogue()
const work = { signal: new AbortController().signal, progress: silent }
const archive: [series: string, suite: string, versions: string[]][] = [
  ['5.10', 'bullseye-security', ['5.10.259-1', '5.10.262-1']],
  ['5.10', 'bullseye', ['5.10.223-1']],
  ['6.1', 'bookworm-security', ['6.1.190-1', '6.1.192-1', '6.1.192-2', '6.1.9-1']],
  ['6.1', 'bookworm', ['6.1.170-3']],
  ['6.12', 'trixie-security', ['6.12.107-1', '6.12.117-1']],
  ['6.12', 'trixie', ['6.12.94-1', '6.12.107-1']],
  ['7.2', 'sid', ['7.2.13-1']],
  ['7.3', 'trixie-backports', ['7.3.4-1~bpo13+1']],
  ['7.3', 'experimental', ['7.3~rc7-1~exp1']],
]
for (const [series, suite, versions] of archive) {
  await rememberIndex(cache, suite, versions, series)
}

/** `6.1 = 6.1.192-2`: word of history, and what it stands for. */
async function chosen(...words: string[]): Promise<string[]> {
  const found = await selectKernels(catalogue, words, work)
  return found.map(({ kernel, source }) => `${kernel} = ${source.name}`)
}

void t.test('series, releases, all, newest, each once and from old to new', async t => {
  t.strictSame(await chosen('6.12', '6.1'), ['6.1 = 6.1.192-2', '6.12 = 6.12.117-1'])
  t.strictSame(await chosen('newest'), ['7.3 = 7.3.4-1~bpo13+1'])
  t.strictSame(await chosen('7.3', '7.3-rc7', '7.2'), [
    '7.2 = 7.2.13-1',
    '7.3-rc7 = 7.3~rc7-1~exp1',
    '7.3 = 7.3.4-1~bpo13+1',
  ])
  t.strictSame(
    (await chosen('all')).map(line => line.split(' ')[0]),
    ['5.10', '6.1', '6.12', '7.2', '7.3'],
  )
  t.strictSame(await chosen('6.1', '6.1.192', 'all', '6.1.190'), [
    '5.10 = 5.10.262-1',
    '6.1.190 = 6.1.190-1',
    '6.1 = 6.1.192-2',
    '6.12 = 6.12.117-1',
    '7.2 = 7.2.13-1',
    '7.3 = 7.3.4-1~bpo13+1',
  ])
})

void t.test('a range of series, or of releases of any suite', async t => {
  t.strictSame(await chosen('6.1..7.2'), ['6.1 = 6.1.192-2', '6.12 = 6.12.117-1', '7.2 = 7.2.13-1'])
  t.strictSame(await chosen('6.1.190..6.12.107'), [
    '6.1.190 = 6.1.190-1',
    '6.1.192 = 6.1.192-2',
    '6.12.94 = 6.12.94-1',
    '6.12.107 = 6.12.107-1',
  ])
  t.strictSame(await chosen('7.3-rc7..7.3.4'), [
    '7.3-rc7 = 7.3~rc7-1~exp1',
    '7.3.4 = 7.3.4-1~bpo13+1',
  ])
})

void t.test('a tree on this disk is named by its folder', async t => {
  const tree = await toyTree(join(cache, 'tree'), '6.12.99')
  const [only] = await selectKernels(catalogue, [`path:${tree}`], work)
  t.equal(only?.kernel, `path:${tree}`)
  t.match(only?.source.name, /^path-tree-[0-9a-f]{6}-6\.12\.99$/)
  t.match(await chosen('7.2', `path:${tree}`, '6.12'), [/^path:/, /^6\.12 /, /^7\.2 /])
})

void t.test('an unknown kernel is a usage error that lists the known ones', async t => {
  const wrong: [word: string, code: string, told: RegExp][] = [
    ['5.9', 'UNKNOWN_KERNEL', /Known series: 5\.10, 6\.1, 6\.12, 7\.2, 7\.3/],
    ['newer', 'UNKNOWN_KERNEL', /neither a series nor a point release.*Known series/],
    ['6.1.3', 'RELEASE_NOT_FOUND', /Choose one it has: 6\.1\.192, 6\.1\.190, 6\.1\.170, 6\.1\.9/],
    ['6.1..5.10', 'BAD_RANGE', /the newer one/],
    ['6.1..6.12.107', 'BAD_RANGE', /two ends of one kind/],
    ['6.1..6.12..7.3', 'BAD_RANGE', /two ends/],
    ['6.1..', 'UNKNOWN_KERNEL', /Known series/],
    ['6.2..7.3', 'UNKNOWN_KERNEL', /6\.2 is not of a known series/],
    ['6.1.3..6.1.192', 'RELEASE_NOT_FOUND', /no kernel 6\.1\.3.*6\.1\.192, 6\.1\.190, 6\.1\.170/],
    ['path:/nowhere', 'NOT_A_KERNEL_TREE', /the folder does not exist/],
    ['kernel.org:7.3-rc7', 'UNKNOWN_KERNEL', /release candidates/],
  ]
  for (const [word, code, told] of wrong) {
    const error: Error & { remedy?: string } = await chosen(word).then(
      () => new Error('it was taken'),
      (error: unknown) => error as Error,
    )
    t.match(error, { code, exitCode: 2 }, word)
    t.match(`${error.message} ${error.remedy ?? ''}`, told, word)
  }
})

void t.test('several kernels are refused where one is needed', async t => {
  t.match(await selectOneKernel(catalogue, '6.1', work), { kernel: '6.1' })
  await t.rejects(selectOneKernel(catalogue, '6.1..7.2', work), {
    code: 'UNKNOWN_KERNEL',
    message: '"6.1..7.2" names 3 kernels, but one is needed',
    remedy: 'Name one of them: 6.1, 6.12, 7.2',
  })
})

void t.test('a series without an index does not stop the others', async t => {
  const unknown: Catalogue = [
    ...catalogue.slice(1, 2),
    { name: '9.9', package: 'linux-source-9.9', suites: ['nosuch'], olderSuites: [], notes: '' },
  ]
  for (const words of [['all'], ['6.1', '9.9']]) {
    const found = await selectKernels(unknown, words, work)
    t.strictSame(
      found.map(({ kernel }) => kernel),
      ['6.1', '9.9'],
      words.join(),
    )
    t.match(found[1]?.source.unavailable, { code: 'ARCHIVE_UNREACHABLE', exitCode: 3 })
    t.equal(found[0]?.source.unavailable, undefined)
    const source = found[1]?.source
    const flavour = selectFlavour(await loadFlavours(), 'plain')
    if (source === undefined) return t.fail('no source')
    await t.rejects(requireKernel({ source, flavour, ...work }), {
      code: 'ARCHIVE_UNREACHABLE',
    })
  }
  await t.rejects(selectKernels(unknown, ['9.9'], work), { code: 'ARCHIVE_UNREACHABLE' })
  await t.rejects(selectKernels(unknown.slice(1), ['all'], work), { code: 'ARCHIVE_UNREACHABLE' })
  await t.rejects(selectKernels(unknown, ['6.1', '6.1.3'], work), { code: 'RELEASE_NOT_FOUND' })
})

/** A host with these programs, and with an apt that knows these packages alone. */
async function withPrograms<T>(
  names: readonly string[],
  act: () => Promise<T>,
  packages?: readonly string[],
): Promise<T> {
  const path = process.env['PATH'] ?? ''
  const bin = await mkdtemp(join(cache, 'bin-'))
  for (const name of names) {
    const line = `#!/bin/sh\necho "${name} (Toy) 1.0"\n`
    await writeFile(join(bin, name), line, { mode: 0o755 })
  }
  if (packages !== undefined) {
    const apt = `#!/bin/sh\necho "${packages.join('\n')}"\n`
    await writeFile(join(bin, 'apt-cache'), apt, { mode: 0o755 })
  }
  process.env['PATH'] = `${bin}:${path}`
  try {
    return await act()
  } finally {
    process.env['PATH'] = path
  }
}

const LLVM = ['ld.lld-91', ...['ar', 'nm', 'strip', 'objcopy', 'objdump', 'readelf'].map(toolOf)]
function toolOf(name: string): string {
  return `llvm-${name}-91`
}

void t.test(
  'a kernel by two compilers is two kernels, with keys and names of their own',
  async t => {
    await withPrograms(['gcc-91', 'clang-91', ...LLVM], async () => {
      const words = byCompilers(['6.1', '6.12.107'], ['gcc-91', 'clang-91'])
      const found = await selectKernels(catalogue, words, work)
      t.strictSame(
        found.map(({ kernel, source }) => [kernel, source.release, source.compiler]),
        [
          ['6.1+gcc-91', '6.1.192+gcc-91', 'gcc-91'],
          ['6.1+clang-91', '6.1.192+clang-91', 'clang-91'],
          ['6.12.107+gcc-91', '6.12.107+gcc-91', 'gcc-91'],
          ['6.12.107+clang-91', '6.12.107+clang-91', 'clang-91'],
        ].sort((a, b) => String(a[1]).localeCompare(String(b[1]), 'en')),
      )
      const plain = selectFlavour(await loadFlavours(), 'plain')
      const keys = await Promise.all(found.map(({ source }) => kernelKey(source, plain)))
      t.equal(new Set(keys.map(({ key }) => key)).size, 4)
      const again = await selectKernels(catalogue, ['6.1.192+clang-91'], work)
      t.equal(again[0]?.source.id, found.find(each => each.kernel === '6.1+clang-91')?.source.id)
    })
    t.strictSame(byCompilers(['6.1']), ['6.1'])
  },
)

void t.test('a kernel is built by the compiler that it names, and so are its modules', async t => {
  const tree = await toyTree(join(cache, 'compiled'), '6.12.98')
  const plain = selectFlavour(await loadFlavours(), 'plain')
  await withPrograms(['clang-91', ...LLVM], async () => {
    const { source } = await selectOneKernel(catalogue, `path:${tree}+clang-91`, work)
    const kernel = await requireKernel({ source, flavour: { ...plain, options: [] }, ...work })
    t.match(kernel, { release: '6.12.98', compiler: 'clang-91 (Toy) 1.0' })
    t.equal(kernel.toolchain.cc, 'clang-91')
    const made = await readFile(kernel.systemMap, 'utf8')
    t.match(made, /^CC=(ccache )?clang-91 LLVM=1 LD=ld\.lld-91$/m)
  })
})

void t.test('what is prebuilt has a compiler of its own', async t => {
  const { source } = await selectOneKernel(catalogue, '6.1', work)
  const prebuilt = { ...source, install: () => Promise.reject(new Error('not installed')) }
  await t.rejects(compiledBy(prebuilt, 'gcc-12', 'distro:toy'), {
    code: 'OTHER_COMPILER',
    message: 'distro:toy is prebuilt: its own compiler builds modules',
  })
})

void t.test('a compiler that is not there names its packages, or those that apt has', async t => {
  const { source } = await selectOneKernel(catalogue, '6.1', work)
  const refused = async (cc: string, here: string[], apt: string[], remedy: string) => {
    const rejects = () =>
      t.rejects(compiledBy(source, cc, '6.1'), { code: 'NO_COMPILER', exitCode: 2, remedy })
    await withPrograms(here, rejects, apt)
  }
  await refused('gcc-92', [], [], 'sudo apt-get install gcc-92')
  await refused('gcc-92', [], ['gcc-91', 'gcc-92'], 'sudo apt-get install gcc-92')
  const known = ['gcc-12', 'gcc-9', 'gcc-12-base']
  await refused('gcc-92', [], known, 'apt knows no gcc-92 here: it has gcc-9, gcc-12')
  await refused('clang-93', ['clang-93'], [], 'sudo apt-get install clang-93 lld-93 llvm-93')
})
