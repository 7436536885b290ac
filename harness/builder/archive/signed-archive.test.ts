import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { silent } from '../../platform/terminal/progress.js'
import { NOBODY } from './archive.fixture.js'
import { availableSources, downloadSource, resolveSource } from './archive.js'
import type { Series } from '../kernels/catalogue.js'
import { SignedMirror, type Publication } from './signed-mirror.fixture.js'

const base = await mkdtemp(join(tmpdir(), 'modprove-signed-'))
const mirror = await SignedMirror.make()
t.teardown(async () => {
  await mirror[Symbol.asyncDispose]()
  await rm(base, { recursive: true, force: true })
})
process.env['MODPROVE_MIRROR_KEYRING'] = mirror.keyring
// Whatever the mirror of the host's own is.
delete process.env['MODPROVE_MIRROR_SNAPSHOT']

const said: string[] = []
const { signal } = new AbortController()
const work = { signal, progress: { ...silent, say: (line: string) => void said.push(line) } }
const DAY_MS = 24 * 3_600_000
const dayAgo = new Date(Date.now() - DAY_MS)
const dayAhead = new Date(Date.now() + DAY_MS)
const SUITE = 'bookworm-security'
const series: Series = {
  name: '6.1',
  package: 'linux-source-6.1',
  suites: [SUITE],
  olderSuites: [],
  notes: '',
}

/** An empty cache, and the mirror with one version of 6.1. */
async function setUp(publication: Publication = {}, versions = ['6.1.9-1']): Promise<string> {
  const cache = await mkdtemp(join(base, 'cache-'))
  process.env['MODPROVE_CACHE'] = cache
  process.env['MODPROVE_MIRROR'] = mirror.address
  said.length = 0
  mirror.change('/')
  await mirror.publish(SUITE, versions, publication)
  return cache
}
const newest = async (of: Series = series): Promise<string | undefined> =>
  (await availableSources(of, [SUITE], work, { refresh: true }))[0]?.version

interface Told {
  readonly code: string
  readonly message: RegExp
  readonly remedy?: RegExp
}
const wrong: [name: string, publication: Publication, told: Told][] = [
  [
    'signed by a stranger',
    { by: 'stranger' },
    { code: 'SIGNATURE_BAD', message: /has no key [0-9A-F]{16}/, remedy: /debian-archive-keyring/ },
  ],
  [
    'signed by a key that expired',
    { by: 'expired' },
    {
      code: 'SIGNATURE_BAD',
      message: /key has expired: [0-9A-F]{16} expired@localhost/,
      remedy: /install debian-archive-keyring/,
    },
  ],
  [
    'altered',
    { alter: text => text.replace('Origin: Debian', 'Origin: other') },
    { code: 'SIGNATURE_BAD', message: /signature of .*archive@localhost does not hold/ },
  ],
  [
    'not signed',
    { alter: text => text.replace(/-----BEGIN PGP SIGNATURE[^]*/, '') },
    { code: 'SIGNATURE_BAD', message: /its index is not signed/ },
  ],
  [
    'a page of a proxy’s own',
    { alter: () => '<html>Please log in</html>\n' },
    { code: 'SIGNATURE_BAD', message: /its index is not signed/, remedy: /a proxy answers/ },
  ],
  [
    'out of date',
    { validUntil: dayAgo },
    { code: 'INDEX_EXPIRED', message: /was good until .*: the mirror is out of date/ },
  ],
  ['of tomorrow', { date: dayAhead }, { code: 'INDEX_EXPIRED', message: /which is to come/ }],
]

for (const [name, publication, told] of wrong) {
  void t.test(`an index that is ${name} is an error, with an earlier one and without`, async t => {
    await setUp(publication)
    await t.rejects(newest(), { exitCode: 3, ...told }, 'without')
    await setUp()
    t.equal(await newest(), '6.1.9-1')
    await mirror.publish(SUITE, ['6.1.10-1'], publication)
    await t.rejects(newest(), { exitCode: 3, ...told }, 'with')
    t.strictSame(said, [], 'it is not reported as unreachable')
  })
}

void t.test('an index that differs from the signed one is an error', async t => {
  await setUp()
  mirror.change('/Packages', Buffer.from('Package: linux-source-6.1\nVersion: 6.1.666-1\n'))
  await t.rejects(newest(), { code: 'ARCHIVE_REFUSED', exitCode: 3, detail: /^E: / })
})

void t.test('without an answer from the mirror, the earlier index is used', async t => {
  await setUp()
  t.equal(await newest(), '6.1.9-1')
  process.env['MODPROVE_MIRROR'] = NOBODY
  t.equal(await newest(), '6.1.9-1')
  t.match(said, [/does not answer; using the index of bookworm-security from 20/])
})

void t.test('the host’s own apt settings do not weaken the checks', async t => {
  const own = join(base, 'own.conf')
  await writeFile(
    own,
    'Acquire::Check-Valid-Until "false";\nAcquire::Check-Date "false";\n' +
      'Acquire::AllowInsecureRepositories "true";\nAPT::Get::AllowUnauthenticated "true";\n' +
      'APT::Update::Post-Invoke { "touch ' +
      join(base, 'hook-ran') +
      '"; };\n',
  )
  process.env['APT_CONFIG'] = own
  t.teardown(() => delete process.env['APT_CONFIG'])
  await setUp({ validUntil: dayAgo })
  await t.rejects(newest(), { code: 'INDEX_EXPIRED' })
  await setUp({ alter: text => text.replace(/-----BEGIN PGP SIGNATURE[^]*/, '') })
  await t.rejects(newest(), { code: 'SIGNATURE_BAD' })
  await setUp()
  t.equal(await newest(), '6.1.9-1')
  t.notOk((await readdir(base)).includes('hook-ran'))
})

void t.test('a declared snapshot may be old, but must be signed', async t => {
  process.env['MODPROVE_MIRROR_SNAPSHOT'] = '1'
  t.teardown(() => delete process.env['MODPROVE_MIRROR_SNAPSHOT'])
  await setUp({ validUntil: dayAgo })
  t.equal(await newest(), '6.1.9-1')
  await mirror.publish(SUITE, ['6.1.9-1'], { validUntil: dayAgo, by: 'stranger' })
  await t.rejects(newest(), { code: 'SIGNATURE_BAD' })
})

void t.test('the host’s proxies are kept', async t => {
  const own = join(base, 'proxy.conf')
  await writeFile(own, `Acquire::http::Proxy "${mirror.address}";\n`)
  process.env['APT_CONFIG'] = own
  t.teardown(() => delete process.env['APT_CONFIG'])
  await setUp()
  process.env['MODPROVE_MIRROR'] = 'http://mirror.invalid'
  t.equal(await newest(), '6.1.9-1')
  await mirror.publish(SUITE, ['6.1.9-1'], { by: 'expired' })
  await t.rejects(newest(), { code: 'SIGNATURE_BAD' }, 'the second check uses the proxy, too')
})

void t.test('a package is fetched; a dropped one is reported, with another source', async t => {
  const cache = await setUp()
  const selection = { series, release: '6.1.9' }
  const source = await resolveSource(selection, work)
  mirror.change('.deb')
  await t.rejects(downloadSource(source, work), {
    code: 'DOWNLOAD_FAILED',
    exitCode: 3,
    message: `${mirror.address} has linux-source-6.1 6.1.9-1 no more (${SUITE})`,
    remedy: /archive\.debian\.org.*--kernel kernel\.org:6\.1\.9$/,
  })
  t.strictSame(await readdir(join(cache, 'sources')), [])
  await mirror.publish(SUITE, ['6.1.9-1'])
  t.equal(await readFile(await downloadSource(source, work), 'utf8'), 'linux-source-6.1 6.1.9-1\n')
})

void t.test('a suite that left the mirrors is found in the archive of old releases', async t => {
  const old = { ...series, archive: `${mirror.address}/old` }
  await setUp()
  mirror.change('/')
  await t.rejects(newest(), {
    code: 'SUITE_GONE',
    exitCode: 3,
    message: `${mirror.address} has no ${SUITE}`,
    remedy: /archive\.debian\.org.*kernel\.org/,
  })
  await t.rejects(newest(old), { code: 'SUITE_GONE', message: /has no .*, and .*\/old has no / })
  // Nothing is added there any more, so that its index is of any age.
  await mirror.publish(SUITE, ['6.1.170-1'], { below: '/old', validUntil: dayAgo })
  t.equal(await newest(old), '6.1.170-1')
  const source = await resolveSource({ series: old }, work)
  t.match(await downloadSource(source, work), /6\.1\.170-1_all\.deb$/)
  const asked = mirror.asked.length
  t.equal((await resolveSource({ series: old }, work)).version, '6.1.170-1')
  t.equal(mirror.asked.length, asked, 'once a day is enough there, too')
  await mirror.publish(SUITE, ['6.1.170-2'], { below: '/old', by: 'stranger' })
  await t.rejects(newest(old), { code: 'SIGNATURE_BAD' }, 'a signature must hold there as well')
})

void t.test('without the suite anywhere, the earlier index is used', async t => {
  await setUp()
  t.equal(await newest(), '6.1.9-1')
  mirror.change('/')
  t.equal(await newest(), '6.1.9-1')
  t.match(said, [/has no bookworm-security; using the index of bookworm-security from 20/])
  const old = { ...series, archive: NOBODY }
  t.equal(await newest(old), '6.1.9-1')
  t.match(said[1], /has no bookworm-security, and http:\/\/127\.0\.0\.1:9 does not answer; using/)
})
