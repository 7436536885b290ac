import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { fakeQemu } from './fake-qemu.fixture.js'
import { findQemu, firmwareArguments, qemuAccount } from './qemu.js'
import { qemuVersion } from './qemu-version.js'

/** The version that the harness reads from this QEMU. */
function versionOf(qemu: string): Promise<string> {
  process.env['MODPROVE_QEMU'] = qemu
  const asked = qemuVersion()
  delete process.env['MODPROVE_QEMU']
  return asked
}

void t.test('a missing QEMU names the package', async t => {
  await t.rejects(findQemu({ PATH: t.testdir() }), {
    code: 'QEMU_MISSING',
    remedy: /apt-get install qemu-system-x86/,
  })
})

void t.test('MODPROVE_QEMU selects another QEMU, and must name a program', async t => {
  const other = await fakeQemu(t, 'true')
  t.equal(await findQemu({ PATH: '/usr/bin', MODPROVE_QEMU: other }), other)
  t.equal(await findQemu({ MODPROVE_QEMU: `${other}/../qemu` }), other)
  await chmod(other, 0o644)
  for (const path of [other, t.testdirName, '/nowhere'])
    await t.rejects(findQemu({ PATH: '/usr/bin', MODPROVE_QEMU: path }), {
      code: 'NO_SUCH_QEMU',
      exitCode: 2,
      message: `${path} is no program (--qemu, MODPROVE_QEMU)`,
    })
})

void t.test('a QEMU uses the firmware beside it', async t => {
  const folder = t.testdir({ bin: {}, share: { qemu: {}, seabios: {} } })
  const share = join(folder, 'share')
  t.same(await firmwareArguments(join(folder, 'bin/qemu')), [
    ...['-L', join(share, 'qemu')],
    ...['-L', join(share, 'seabios')],
  ])
  t.same(await firmwareArguments('/usr/bin/qemu'), [], "the system's QEMU needs no argument")
  t.same(await firmwareArguments('/nowhere/bin/qemu'), [])
})

void t.test("a version is QEMU's own first line", async t => {
  const line = 'QEMU emulator version 10.0.2 (Debian 1:10.0.2+ds-2)'
  t.equal(await versionOf(await fakeQemu(t, `echo '${line}'; echo 'Copyright (c) 2003'`)), line)
})

void t.test(
  'a QEMU older than the oldest that serves is refused, and later ones are not',
  async t => {
    const of = async (version: string) =>
      versionOf(await fakeQemu(t, `echo 'QEMU emulator version ${version}'`))
    for (const served of ['5.2.0', '7.2.22 (Debian 1:7.2)', '10.0.2', '11.1'])
      t.equal(await of(served), `QEMU emulator version ${served}`)
    for (const old of ['5.1.9', '4.2.1 (Debian 1:4.2)', '2.12.0'])
      await t.rejects(of(old), { code: 'QEMU_TOO_OLD', exitCode: 3, remedy: /QEMU 5\.2 or newer/ })
  },
)

void t.test('output that is not a version is refused, and shown escaped', async t => {
  const lies: Record<string, string> = {
    'exit 1': 'ended with status 1',
    'echo ok; kill -9 $$': 'ended with SIGKILL',
    "printf 'QEMU emulator version 9.0\\033[31m\\n'": 'printed no version of QEMU',
    "printf '\\033]0;title\\007'": 'printed no version of QEMU',
    'echo QEMU emulator version old': 'printed no version of QEMU',
    'head -c 100000 /dev/zero | tr "\\0" x': 'printed no version of QEMU',
    'yes | head -c 100000': 'printed no version of QEMU',
    true: 'printed no version of QEMU',
  }
  for (const [script, what] of Object.entries(lies)) {
    const error = await versionOf(await fakeQemu(t, script)).catch((error: Error) => error)
    t.match(error, { code: 'QEMU_UNUSABLE', exitCode: 3, remedy: /--qemu/ }, script)
    const { message, detail = '' } = error as { message: string; detail?: string }
    t.ok(message.includes(`--version ${what}`), message)
    t.notMatch(`${message}${detail}`, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/, script)
    t.ok(detail.length < 5000 && detail.split('\n').length <= 10, script)
  }
})

void t.test('a QEMU that the user of machines cannot run is reported', async t => {
  const account = await qemuAccount()
  if (account === undefined) {
    t.comment('skipped: machines run as this user')
    return
  }
  const hidden = join(t.testdir(), 'hidden')
  await mkdir(hidden, { mode: 0o700 })
  const qemu = join(hidden, 'qemu')
  await writeFile(qemu, '#!/bin/sh\necho QEMU emulator version 10.0.2\n', { mode: 0o755 })
  await t.rejects(versionOf(qemu), {
    code: 'QEMU_UNUSABLE',
    message: `${qemu} --version ended with status 126, as user ${account.uid}`,
    detail: /Permission denied/,
  })
})
