import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { silent } from '../../platform/terminal/progress.js'
import { loadFlavours, selectFlavour } from '../kernels/flavours.js'
import { requireKernel } from '../kernels/kernel.js'
import { kernelOrgSource } from './kernel-org.js'
import { kernelOrg, type KernelOrg } from './kernel-org-sums.js'
import { toyTree } from '../kernels/toy-tree.fixture.js'

// gpg-agent's socket must fit into sun_path.
const base = await mkdtemp(join(tmpdir(), 'mp-korg-'))
const home = join(base, 'gpg')
const gpg = (...args: string[]) =>
  promisify(execFile)('gpg', ['--homedir', home, '--batch', '--yes', '--passphrase', '', ...args])
t.teardown(async () => {
  await promisify(execFile)('gpgconf', ['--homedir', home, '--kill', 'all'])
  await rm(base, { recursive: true, force: true })
})

await mkdir(home, { mode: 0o700 })
for (const name of ['signer', 'stranger']) {
  await gpg('--quick-generate-key', `${name}@localhost`, 'ed25519', 'sign')
  await gpg('--export', '--output', join(base, `${name}.gpg`), `${name}@localhost`)
}
const fingerprintOf = async (name: string): Promise<string> => {
  const { stdout } = await gpg('--with-colons', '--list-keys', `${name}@localhost`)
  return /^fpr:+([0-9A-F]{40}):/m.exec(stdout)?.[1] ?? ''
}
const fingerprint = await fingerprintOf('signer')

/** The site: path → what it answers with. */
const files = new Map<string, Buffer | ((response: ServerResponse) => void)>()
const asked: string[] = []
const server = createServer((request, response) => {
  const path = request.url ?? ''
  asked.push(path)
  const answer = files.get(path)
  if (typeof answer === 'function') answer(response)
  else if (answer === undefined) response.writeHead(404).end()
  else response.writeHead(200, { 'content-length': answer.length }).end(answer)
})
await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
t.teardown(() => server.close())
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const site: KernelOrg = { base: address, keyAddress: `${address}/key`, fingerprint }
const { signal } = new AbortController()
const work = { signal, progress: silent }
const folder = '/pub/linux/kernel/v6.x'
const TARBALL = `${folder}/linux-6.12.94.tar.xz`
const sha256 = (data: Buffer) => createHash('sha256').update(data).digest('hex')

async function tarball(release: string): Promise<Buffer> {
  await toyTree(join(base, `linux-${release}`), release)
  const file = join(base, `linux-${release}.tar.xz`)
  await promisify(execFile)('tar', ['-cJf', file, '-C', base, `linux-${release}`])
  return readFile(file)
}
const good = await tarball('6.12.94')

async function signed(text: string, by = 'signer', how: string[] = []): Promise<Buffer> {
  const file = join(base, 'sums')
  await writeFile(file, text)
  await gpg(...how, '-u', `${by}@localhost`, '--clearsign', '--output', `${file}.asc`, file)
  return readFile(`${file}.asc`)
}
const sums = `${sha256(good)}  linux-6.12.94.tar.xz\n${'0'.repeat(64)}  linux-6.12.9.tar.xz\n${'1'.repeat(64)}  linux-6.12.tar.xz\n`

/** A site with everything in order, and an empty cache. */
async function setUp(): Promise<string> {
  const cache = await mkdtemp(join(base, 'cache-'))
  process.env['MODPROVE_CACHE'] = cache
  asked.length = 0
  files.clear()
  files.set('/key', await readFile(join(base, 'signer.gpg')))
  files.set(`${folder}/sha256sums.asc`, await signed(sums))
  files.set(TARBALL, good)
  return cache
}
const kept = async (cache: string): Promise<string[]> =>
  (await readdir(cache, { recursive: true })).filter(name => /sums|\.xz|unpacked\/|gpg/.test(name))

void t.test('a tarball in the signed list is unpacked and built', async t => {
  const cache = await setUp()
  const source = await kernelOrgSource('6.12.94', work, site)
  t.match(source, { series: '6.12', release: '6.12.94', name: 'kernel.org-6.12.94' })
  t.equal(source.id, `linux-6.12.94.tar.xz sha256:${sha256(good).slice(0, 16)}`)
  const flavour = selectFlavour(await loadFlavours(), 'plain')
  const kernel = await requireKernel({ source, flavour, ...work })
  t.equal(kernel.release, '6.12.94')
  t.strictSame(asked, [`${folder}/sha256sums.asc`, '/key', TARBALL])
  asked.length = 0
  await (await kernelOrgSource('6.12.94', work, site)).open(work)
  t.strictSame(asked, [], 'what was verified and unpacked is not asked for again')
  await rm(join(cache, 'unpacked'), { recursive: true })
  await source.open(work)
  t.strictSame(asked, [], 'nor is the tarball that was kept')
})

void t.test('a damaged cached tarball is fetched again', async t => {
  const cache = await setUp()
  await mkdir(join(cache, 'sources'))
  await writeFile(join(cache, 'sources/linux-6.12.94.tar.xz'), 'damaged')
  await (await kernelOrgSource('6.12.94', work, site)).open(work)
  t.equal(asked.at(-1), TARBALL)
})

void t.test('a tarball with another hash is refused and deleted', async t => {
  const cache = await setUp()
  files.set(TARBALL, Buffer.from('not what was signed'))
  const source = await kernelOrgSource('6.12.94', work, site)
  await t.rejects(source.open(work), {
    code: 'SOURCE_DAMAGED',
    exitCode: 3,
    message: /linux-6\.12\.94\.tar\.xz is not what kernel\.org signed/,
    detail: new RegExp(
      `expected: ${sha256(good)}\\n +got: ${sha256(Buffer.from('not what was signed'))}`,
    ),
  })
  t.notOk((await kept(cache)).some(name => name.endsWith('.xz') || name.includes('partial')))
})

void t.test('a list that was altered, or signed by another key, is refused', async t => {
  const altered = async () => {
    const text = (await signed(sums)).toString().replace('0000', '0001')
    return Buffer.from(text)
  }
  const cases: [string, () => Promise<void>, RegExp][] = [
    [
      'altered',
      async () => void files.set(`${folder}/sha256sums.asc`, await altered()),
      /BAD signature/,
    ],
    [
      'signed by a stranger',
      async () => void files.set(`${folder}/sha256sums.asc`, await signed(sums, 'stranger')),
      /No public key/,
    ],
    [
      'signed by a stranger whose key is at the key’s address',
      async () => {
        files.set(`${folder}/sha256sums.asc`, await signed(sums, 'stranger'))
        files.set('/key', await readFile(join(base, 'stranger.gpg')))
      },
      /Good signature from "stranger@localhost"/,
    ],
    ['not signed', async () => void files.set(`${folder}/sha256sums.asc`, Buffer.from(sums)), /./],
  ]
  for (const [name, spoil, detail] of cases) {
    const cache = await setUp()
    await spoil()
    await t.rejects(
      kernelOrgSource('6.12.94', work, site),
      { code: 'SIGNATURE_BAD', exitCode: 3, message: new RegExp(fingerprint), detail },
      name,
    )
    t.strictSame(await kept(cache), [], 'and nothing is kept')
  }
})

void t.test('a signature of a key that has expired or was revoked is refused', async t => {
  const then = ['--faked-system-time', '20240101T000000']
  await gpg(...then, '--quick-generate-key', 'expired@localhost', 'ed25519', 'sign', '1y')
  await gpg('--quick-generate-key', 'revoked@localhost', 'ed25519', 'sign')
  const lists = {
    expired: await signed(sums, 'expired', then),
    revoked: await signed(sums, 'revoked'),
  }
  const certificate = join(home, `openpgp-revocs.d/${await fingerprintOf('revoked')}.rev`)
  const revocation = join(base, 'revocation')
  await writeFile(revocation, (await readFile(certificate, 'utf8')).replace(':-----', '-----'))
  await gpg('--import', revocation)
  for (const name of ['expired', 'revoked'] as const) {
    await setUp()
    const keyring = join(base, `${name}.gpg`)
    await gpg('--export', '--output', keyring, `${name}@localhost`)
    files.set('/key', await readFile(keyring))
    files.set(`${folder}/sha256sums.asc`, lists[name])
    for (const by of [{ fingerprint: await fingerprintOf(name) }, { keyring }])
      await t.rejects(kernelOrgSource('6.12.94', work, { ...site, ...by }), {
        code: 'SIGNATURE_BAD',
        message: /^http.*sha256sums.asc is signed by a key that has expired or was revoked$/,
      })
  }
})

void t.test('text outside the signature is ignored', async t => {
  await setUp()
  const forged = `${'2'.repeat(64)}  linux-6.12.95.tar.xz\n`
  const list = Buffer.concat([Buffer.from(forged), await signed(sums), Buffer.from(forged)])
  files.set(`${folder}/sha256sums.asc`, list)
  // gpgv refuses it as a whole, or leaves it out.
  await t.rejects(kernelOrgSource('6.12.95', work, site), {
    code: /SIGNATURE_BAD|RELEASE_NOT_FOUND/,
  })
})

void t.test('the user’s keyring replaces the default key', async t => {
  await setUp()
  files.set(`${folder}/sha256sums.asc`, await signed(sums, 'stranger'))
  const own = { ...site, keyring: join(base, 'stranger.gpg') }
  t.match(await kernelOrgSource('6.12.94', work, own), { release: '6.12.94' })
  t.notOk(asked.includes('/key'))
  await t.rejects(
    kernelOrgSource('6.12.94', work, { ...site, keyring: join(base, 'signer.gpg') }),
    {
      code: 'SIGNATURE_BAD',
      message: /a key of .*signer\.gpg/,
    },
  )
  await gpg('--armor', '--export', '--output', join(base, 'armoured'), 'signer@localhost')
  for (const [keyring, message] of [
    ['absent', /cannot be read/],
    ['armoured', /is armoured/],
  ] as const) {
    await t.rejects(kernelOrgSource('6.12.94', work, { ...site, keyring: join(base, keyring) }), {
      code: 'BAD_KEYRING',
      exitCode: 2,
      message,
    })
  }
})

void t.test('an interrupted transfer is retried, up to three times', async t => {
  const cache = await setUp()
  let cut = 2
  const half = (response: ServerResponse): void => {
    if (cut-- <= 0) return void response.writeHead(200, { 'content-length': good.length }).end(good)
    response.writeHead(200, { 'content-length': good.length })
    response.write(good.subarray(0, good.length / 2), () => response.destroy())
  }
  files.set(TARBALL, half)
  const source = await kernelOrgSource('6.12.94', work, site)
  await source.open(work)
  t.equal(asked.filter(path => path === TARBALL).length, 3)
  await rm(cache, { recursive: true })
  cut = 3
  await t.rejects(source.open(work), {
    code: 'DOWNLOAD_FAILED',
    exitCode: 3,
    detail: /\(3 tries\)/,
  })
  t.strictSame(await kept(cache), [])
})

void t.test('a missing release is named, with the available ones', async t => {
  await setUp()
  await t.rejects(kernelOrgSource('6.12.95', work, site), {
    code: 'RELEASE_NOT_FOUND',
    exitCode: 2,
    message: `${address} has no kernel 6.12.95`,
    remedy: 'Choose one it has, the newest being 6.12.94, 6.12.9, 6.12',
  })
  await t.rejects(kernelOrgSource('6.13.1', work, site), {
    message: /no kernel 6.13.1/,
    remedy: 'It has none of series 6.13',
  })
  await t.rejects(kernelOrgSource('9.1', work, site), { message: /has no kernels v9\.x/ })
  files.delete('/key')
  await t.rejects(kernelOrgSource('6.12.96', work, site), {
    code: 'DOWNLOAD_FAILED',
    message: /key/,
  })
  const source = await kernelOrgSource('6.12.94', work, site)
  files.delete(TARBALL)
  await t.rejects(source.open(work), { code: 'DOWNLOAD_FAILED', message: /is not there, though/ })
})

void t.test('a release without a tarball is refused without a request', async t => {
  await setUp()
  const refused: [string, RegExp][] = [
    ['7.3-rc7', /no signed tarballs of release candidates/],
    ['6', /"6" is not a kernel.org release/],
    ['../6.12.94', /is not a kernel.org release/],
    ['6.12.0', /is not a kernel.org release/],
    ['2.6.39', /is not a kernel.org release/],
  ]
  for (const [release, message] of refused) {
    await t.rejects(kernelOrgSource(release, work, site), {
      code: 'UNKNOWN_KERNEL',
      exitCode: 2,
      message,
    })
  }
  t.strictSame(asked, [])
})

void t.test('a server that does not answer, and an interruption, are reported', async t => {
  await setUp()
  const nobody = { ...site, base: 'http://127.0.0.1:9' }
  await t.rejects(kernelOrgSource('6.12.94', work, nobody), {
    code: 'DOWNLOAD_FAILED',
    detail: /Failed to connect/,
  })
  const stop = new AbortController()
  files.set(`${folder}/sha256sums.asc`, () => stop.abort(new Error('interrupted by the user')))
  await t.rejects(kernelOrgSource('6.12.94', { ...work, signal: stop.signal }, site), {
    message: 'interrupted by the user',
  })
})

void t.test('site and keyring come from the environment', async t => {
  t.match(kernelOrg({}), { base: 'https://cdn.kernel.org', keyring: undefined })
  const env = { MODPROVE_KERNEL_ORG: 'http://mirror/', MODPROVE_KERNEL_ORG_KEYRING: '/keys' }
  t.match(kernelOrg(env), { base: 'http://mirror', keyring: '/keys' })
})
