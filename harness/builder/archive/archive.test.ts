import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { silent } from '../../platform/terminal/progress.js'
import { NOBODY, rememberIndex } from './archive.fixture.js'
import { downloadSource, resolveSource } from './archive.js'
import { aptConfiguration, mirror, sourcesList } from './apt-config.js'
import { debianSite } from './site.js'
import { loadCatalogue, selectKernel } from '../kernels/catalogue.js'

const cache = await mkdtemp(join(tmpdir(), 'modprove-archive-'))
process.env['MODPROVE_CACHE'] = cache
process.env['MODPROVE_MIRROR'] = `${NOBODY}/`
t.teardown(() => rm(cache, { recursive: true, force: true }))

const work = { signal: new AbortController().signal, progress: silent }
const selection = selectKernel(await loadCatalogue(), '6.1')

void t.test('with an index of an earlier day', async t => {
  const said: string[] = []
  const telling = { ...work, progress: { ...silent, say: (line: string) => void said.push(line) } }
  await rememberIndex(cache, 'bookworm-security', [
    '6.1.9-1',
    '6.1.192-1',
    '6.1.192-2',
    '6.1.190-1',
  ])
  await rememberIndex(cache, 'bookworm', ['6.1.170-3'])

  await t.test('the newest release is still known, and the index’s age is reported', async t => {
    t.match(await resolveSource(selection, telling), { version: '6.1.192-2', release: '6.1.192' })
    t.match(said, [
      /127\.0\.0\.1:9 does not answer; using the index of bookworm-security from 20\d\d-\d\d-\d\d$/,
    ])
  })

  await t.test(
    'a point release is its newest revision, and older suites are asked last',
    async t => {
      const catalogue = await loadCatalogue()
      const resolve = (kernel: string) => resolveSource(selectKernel(catalogue, kernel), telling)
      t.match(await resolve('6.1.192'), { version: '6.1.192-2' })
      t.match(await resolve('6.1.170'), { version: '6.1.170-3', suite: 'bookworm' })
      t.equal(said.length, 2, 'each suite is asked once')
      await t.rejects(resolve('6.1.3'), {
        code: 'RELEASE_NOT_FOUND',
        exitCode: 2,
        message: 'Kernel 6.1.3 is not in the archive’s suites bookworm-security, bookworm',
        remedy:
          /^Choose one it has: 6\.1\.192, 6\.1\.190, 6\.1\.170, 6\.1\.9\. .*--kernel kernel\.org:6\.1\.3$/,
      })
    },
  )

  await t.test('a failed download is reported, and leaves nothing behind', async t => {
    await t.rejects(downloadSource(await resolveSource(selection, telling), telling), {
      code: 'DOWNLOAD_FAILED',
      exitCode: 3,
      message: /linux-source-6\.1 6\.1\.192-2 could not be downloaded from http:\/\/127\.0\.0\.1:9/,
      remedy: /MODPROVE_MIRROR/,
    })
    t.strictSame(await readdir(join(cache, 'sources')), [])
  })

  await t.test('a package of the cache needs no archive', async t => {
    const deb = join(cache, 'sources/linux-source-6.1_6.1.192-2_all.deb')
    await writeFile(deb, '')
    t.equal(await downloadSource(await resolveSource(selection, telling), telling), deb)
  })

  await t.test('a cached release that the archive dropped needs no archive', async t => {
    const dropped = selectKernel(await loadCatalogue(), '6.1.3')
    for (const name of ['6.1_6.1.3-1_all.deb', '6.1_6.1.3-2_all.deb', '6.12_6.1.3-9_all.deb'])
      await writeFile(join(cache, `sources/linux-source-${name}`), '')
    const source = await resolveSource(dropped, telling)
    t.match(source, { package: 'linux-source-6.1', version: '6.1.3-2', release: '6.1.3' })
    t.match(await downloadSource(source, telling), /linux-source-6\.1_6\.1\.3-2_all\.deb$/)
  })
})

void t.test('an archive that does not answer is named, with a remedy', async t => {
  await t.rejects(resolveSource(selectKernel(await loadCatalogue(), '7.2'), work), {
    code: 'ARCHIVE_UNREACHABLE',
    exitCode: 3,
    message: /^http:\/\/127\.0\.0\.1:9 does not answer, and there is no earlier index of sid in /,
    // apt's own complaint. Its words differ from one apt to the next; what it asked for does not.
    detail: /^E: .*http:\/\/127\.0\.0\.1:9\/debian\/dists\/sid\//m,
    remedy: /MODPROVE_MIRROR/,
  })
})

void t.test('an aborted wait rejects with the abort reason', async t => {
  const signal = AbortSignal.abort(new Error('interrupted by the user'))
  await t.rejects(resolveSource(selection, { ...work, signal }), {
    message: 'interrupted by the user',
  })
})

void t.test('each suite has its own index, of Debian’s signed packages only', t => {
  t.match(
    sourcesList('bookworm-security', 'http://mirror/debian-security', '/usr/keys.gpg'),
    /^deb \[arch=amd64 lang=none target=Packages signed-by=\/usr\S+\] http:\/\/mirror\/debian-security bookworm-security main\n$/,
  )
  const { root } = debianSite()
  t.equal(root('sid', 'http://mirror'), 'http://mirror/debian')
  t.equal(root('sid-security', 'http://mirror'), 'http://mirror/debian-security')
  t.equal(mirror({ MODPROVE_MIRROR: 'http://mirror/' }), 'http://mirror')
  t.equal(mirror({}), 'http://deb.debian.org')
  t.end()
})

void t.test('apt writes only to its folder', t => {
  const paths = [...aptConfiguration('/cache/sid', '').matchAll(/^Dir::\S+ "([^"]*)"/gm)].map(
    m => m[1],
  )
  t.ok(paths.length > 6)
  t.strictSame(
    paths.filter(path => path !== '/dev/null' && !path?.startsWith('/cache/sid/')),
    [],
  )
  t.end()
})
