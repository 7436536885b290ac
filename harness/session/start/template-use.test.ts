import { existsSync, utimesSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { harnessError, type ModproveError } from '../../platform/errors.js'
import { SyscallError } from '../../guest/index.js'
import { silent } from '../../platform/terminal/progress.js'
import type { MachineEnd } from '../../contract/machine-end.js'
import { QemuDidNotStart } from '../../vm/index.js'
import { MachineLost } from '../life/machine-lost.js'
import { dropTemplate, fromTemplate, stampOf, type Ways } from './template-use.js'

const killed: MachineEnd = { how: 'killed', why: 'it did not start' }
const ofQemu = (more: object): MachineEnd => ({
  how: 'qemu',
  exitCode: undefined,
  signal: undefined,
  stderr: '',
  ...more,
})
const notStarted = (end: MachineEnd, code = 'QMP_CLOSED'): ModproveError =>
  new QemuDidNotStart(end, 'a\nload failed', '/qemu', '', harnessError(code, ''))
const bad = notStarted(killed, 'TEMPLATE_NOT_MOVED')
const late = notStarted(killed, 'QMP_TIMEOUT')

/** A template in a cache of its own, and the outcome of one machine restored from it. */
async function template(t: Test) {
  process.env['MODPROVE_CACHE'] = t.testdir()
  const folder = join(t.testdirName, 'templates/one')
  const write = async (): Promise<void> => {
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'state'), '')
  }
  await write()
  const said: string[] = []
  const progress = { ...silent, say: (line: string) => said.push(line) }
  const { signal } = new AbortController()
  const restore = () => Promise.resolve('restored')
  const boot = () => Promise.resolve('booted')
  const tried = (ways: Partial<Ways<string>> = {}) =>
    fromTemplate({ folder }, { restore, boot, ...ways }, { signal, progress })
  const machine = async (ways: Partial<Ways<string>> = {}): Promise<string> =>
    (await tried(ways)).machine
  return { folder, write, said, machine, tried, isThere: () => existsSync(folder) }
}
const fails = (error: Error) => () => Promise.reject(error)

t.test(
  'QEMU or the guest prove a template bad; a deadline, a signal and a full disk do not',
  async t => {
    const { machine, write, isThere } = await template(t)
    for (const error of [
      bad,
      notStarted(ofQemu({ exitCode: 1 })),
      notStarted(ofQemu({ signal: 'SIGABRT' })),
      new MachineLost({ how: 'guest', reason: 'guest-reset' }),
      harnessError('HOST_KEY_MISMATCH', ''),
    ]) {
      await write()
      await machine({ restore: fails(error) })
      t.notOk(isThere(), error.message)
    }
    await write()
    for (const error of [
      late,
      notStarted(ofQemu({ signal: 'SIGKILL' })),
      new MachineLost(killed),
      harnessError('SSH_TIMEOUT', ''),
      new SyscallError('write', [], 28),
    ]) {
      await machine({ restore: fails(error) })
      t.ok(isThere(), error.message)
      // Else the next failure would be the second in a row.
      await machine()
    }
  },
)

t.test('a bad template is dropped once the machine has booted', async t => {
  const { machine, isThere, said } = await template(t)
  const boot = () => {
    t.ok(isThere(), 'it may be the machine')
    return Promise.resolve('booted')
  }
  t.equal(await machine({ restore: fails(bad), boot }), 'booted')
  t.notOk(isThere())
  t.match(said, [/could not be restored .*load failed\); booting instead/, /was dropped/])
})

t.test('nothing is held against it when the machine does not boot either', async t => {
  const { machine, isThere } = await template(t)
  const restore = fails(bad)
  await t.rejects(machine({ restore, boot: fails(new Error('no memory')) }), /no memory/)
  t.ok(isThere())
})

t.test('a QEMU that hangs before its first word is not started a second time', async t => {
  const { machine, isThere, said } = await template(t)
  const mute = notStarted(killed, 'QMP_MUTE')
  await t.rejects(machine({ restore: fails(mute) }), mute)
  t.ok(isThere(), 'the template is not to blame')
  t.equal(said.length, 0)
})

t.test('a deadline makes a suspect, which goes at the second time in a row', async t => {
  const { machine, isThere, said } = await template(t)
  t.equal(await machine({ restore: fails(late) }), 'booted')
  t.ok(isThere())
  t.match(said.at(-1), /is kept/)
  t.equal(await machine(), 'restored', 'and clears it')
  await machine({ restore: fails(late) })
  t.ok(isThere(), 'not in a row')
  await machine({ restore: fails(late) })
  t.notOk(isThere())
})

t.test('machines that fail side by side fail once', async t => {
  const { machine, isThere } = await template(t)
  let both = 0
  let go = (): void => undefined
  const begun = new Promise<void>(resolve => (go = resolve))
  const restore = async (): Promise<string> => {
    if (++both === 2) go()
    await begun
    throw late
  }
  await Promise.all([machine({ restore }), machine({ restore })])
  t.ok(isThere())
})

t.test('one that was made meanwhile is not dropped for the one before', async t => {
  const { machine, isThere, folder } = await template(t)
  const boot = () => {
    utimesSync(join(folder, 'state'), 1, 1)
    return Promise.resolve('booted')
  }
  await machine({ restore: fails(bad), boot })
  t.ok(isThere())
})

t.test('one that is gone is made again where that pays', async t => {
  const { machine, write, said } = await template(t)
  await machine({ restore: fails(bad) })
  t.equal(await machine(), 'booted', 'the last machine')
  t.equal(await machine({ remake: write }), 'restored')
  t.match(said.at(-1), /is made again/)
  await machine({ restore: fails(bad) })
  t.equal(await machine({ remake: fails(bad) }), 'booted', 'and if it cannot be, that is no harm')
})

t.test('a machine that is booted in place of a restored one has its reason', async t => {
  const { tried } = await template(t)
  t.strictSame(await tried(), { machine: 'restored' })
  t.match((await tried({ restore: fails(bad) })).notRestored, /could not be restored .*load failed/)
  t.match((await tried()).notRestored, /was dropped before/)
  const remake = fails(harnessError('TEMPLATE_NOT_SETTLED', 'never at rest'))
  t.match((await tried({ remake })).notRestored, /could not be made again \(never at rest\)/)
})

t.test('a mistake of the harness is nobody else’s', async t => {
  const { machine, isThere } = await template(t)
  await t.rejects(machine({ restore: fails(new TypeError('x')) }), TypeError)
  await t.rejects(machine({ restore: fails(harnessError('QEMU_MISSING', '')) }), {
    code: 'QEMU_MISSING',
  })
  t.ok(isThere())
})

t.test('an unsound template is dropped, but not another that was made meanwhile', async t => {
  const { folder, write, said, isThere } = await template(t)
  const progress = { ...silent, say: (line: string) => said.push(line) }
  const context = { signal: new AbortController().signal, progress }
  const stamp = await stampOf({ folder })
  await write()
  utimesSync(join(folder, 'state'), 0, 1)
  await dropTemplate({ folder }, stamp, context)
  t.ok(isThere(), 'the new one stays')
  t.strictSame(said, [])
  await dropTemplate({ folder }, await stampOf({ folder }), context)
  t.notOk(isThere())
  t.strictSame(said, ['the template was dropped'])
  t.equal(await stampOf({ folder }), undefined)
  await dropTemplate({ folder }, undefined, context)
  t.strictSame(said, ['the template was dropped'], 'nothing is left to drop')
})
