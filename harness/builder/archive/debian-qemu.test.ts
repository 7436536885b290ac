import { execFileSync } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { silent } from '../../platform/terminal/progress.js'
import { unpackQemu } from './debian-qemu.js'
import { packaged } from './packaged.fixture.js'
import { SignedMirror } from './signed-mirror.fixture.js'

const LIBRARIES = 'lib/x86_64-linux-gnu'
const LOADER = 'ld-linux-x86-64.so.2'
const work = { signal: new AbortController().signal, progress: silent }

const cache = t.testdir()
const mirror = await SignedMirror.make()
t.teardown(() => mirror[Symbol.asyncDispose]())
process.env['MODPROVE_CACHE'] = cache
process.env['MODPROVE_MIRROR'] = mirror.address
process.env['MODPROVE_MIRROR_KEYRING'] = mirror.keyring

await mirror.publishDebs('toy', [
  await packaged(
    cache,
    'qemu-system-x86',
    { 'usr/bin/qemu-system-x86_64': await readFile('/bin/echo') },
    'libc6, seabios',
  ),
  await packaged(cache, 'libc6', {
    [`${LIBRARIES}/${LOADER}`]: await readFile(`/lib64/${LOADER}`),
    [`${LIBRARIES}/libc.so.6`]: await readFile(`/${LIBRARIES}/libc.so.6`),
  }),
  await packaged(cache, 'seabios', { 'usr/share/seabios/bios.bin': 'bios' }),
])
await mirror.publishDebs('bare', [await packaged(cache, 'something-else', {})])

void t.test('a QEMU runs where it was unpacked, with the libraries of its release', async t => {
  const folder = t.testdir()
  const qemu = await unpackQemu('toy', folder, work)
  t.equal(execFileSync(qemu, ['runs'], { encoding: 'utf8' }), 'runs\n')
  const of = (what: string) => execFileSync('patchelf', [what, qemu], { encoding: 'utf8' }).trim()
  t.equal(of('--print-interpreter'), join(folder, 'root', LIBRARIES, LOADER))
  t.match(of('--print-rpath').split(':'), [join(folder, 'root/usr', LIBRARIES)])
  t.equal(await readFile(join(qemu, '../../share/seabios/bios.bin'), 'utf8'), 'bios')
  t.equal((await stat(folder)).mode & 0o777, 0o755, 'it runs as another user')
})

void t.test('its packages are fetched once', async t => {
  const before = mirror.asked.length
  await unpackQemu('toy', t.testdir(), work)
  t.strictSame(
    mirror.asked.slice(before).filter(path => path.endsWith('.deb')),
    [],
  )
})

void t.test('a release without QEMU is named', async t => {
  await t.rejects(unpackQemu('bare', t.testdir(), work), {
    code: 'NO_QEMU',
    message: "Debian's bare has no qemu-system-x86 that can be installed",
  })
})
