import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { silent } from '../../platform/terminal/progress.js'
import { NOBODY, rememberIndex } from '../archive/archive.fixture.js'
import { loadCatalogue, type Catalogue } from './catalogue.js'
import { loadFlavours, selectFlavour } from './flavours.js'
import { requireKernel } from './kernel.js'
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
