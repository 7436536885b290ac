import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { chooseAccelerator, type HostProbes } from './accelerator.js'
import { fakeQemu } from './fake-qemu.fixture.js'
import { kvmClosedTo, tryKvm } from './kvm-trial.js'
import { findQemu, qemuAccount } from './qemu.js'

/** A host whose KVM trial answers `why`, and a count of its trials. */
function host(folder: string, why: string | undefined, changes: Partial<HostProbes> = {}) {
  const trials: string[] = []
  const host: HostProbes = {
    findQemu: () => Promise.resolve(process.execPath),
    account: () => Promise.resolve(undefined),
    kvmClosedTo: () => Promise.resolve(undefined),
    tryKvm: binary => {
      trials.push(binary)
      return Promise.resolve(why)
    },
    memory: join(folder, 'accelerator.json'),
    ...changes,
  }
  return { host, trials }
}

void t.test('a working KVM is tried once', async t => {
  const { host: h, trials } = host(t.testdir(), undefined)
  t.equal(await chooseAccelerator('auto', {}, h), 'kvm')
  t.equal(await chooseAccelerator('kvm', {}, h), 'kvm')
  t.equal(trials.length, 1)
})

void t.test(
  'a KVM that runs no guests is tried once, and the reason is reported once per host',
  async t => {
    const { host: h, trials } = host(t.testdir(), 'its trial guest did not finish')
    const said: string[] = []
    const say = (line: string) => said.push(line)
    t.equal(await chooseAccelerator('auto', { progress: { say } }, h), 'tcg')
    t.equal(await chooseAccelerator('auto', { progress: { say } }, h), 'tcg')
    t.equal(trials.length, 1)
    t.equal(said.length, 1)
    t.match(said[0], /did not finish.*using emulation/)
    const other = { ...h, kvmClosedTo: () => Promise.resolve('it is closed') }
    t.equal(await chooseAccelerator('auto', { progress: { say } }, other), 'tcg')
    t.match(said[1], /it is closed/, 'another reason is reported')
    await t.rejects(chooseAccelerator('kvm', {}, h), {
      code: 'KVM_UNUSABLE',
      exitCode: 3,
      message: /did not finish/,
    })
  },
)

void t.test(
  'the trial is repeated after a reboot, for another QEMU, and when its saved answer is damaged',
  async t => {
    const { host: h, trials } = host(t.testdir(), undefined)
    const damages = [
      (text: string) => text.slice(0, 10),
      () => 'null',
      () => '{"bootId": 1}',
      (text: string) => JSON.stringify({ ...(JSON.parse(text) as object), why: 7 }),
      (text: string) => JSON.stringify({ ...(JSON.parse(text) as object), bootId: 'earlier' }),
      (text: string) => JSON.stringify({ ...(JSON.parse(text) as object), qemu: 'other' }),
    ]
    await chooseAccelerator('auto', {}, h)
    for (const damage of damages) {
      await writeFile(h.memory, damage(await readFile(h.memory, 'utf8')))
      t.equal(await chooseAccelerator('auto', {}, h), 'kvm')
    }
    t.equal(trials.length, 1 + damages.length)
  },
)

void t.test(
  'tcg needs no check; a device that cannot be opened is not tried, and that is not cached',
  async t => {
    const folder = t.testdir()
    const nothing = () => Promise.reject(new Error('asked'))
    const { host: deaf } = host(folder, undefined, { findQemu: nothing, tryKvm: nothing })
    t.equal(await chooseAccelerator('tcg', {}, deaf), 'tcg')

    const { host: closed, trials } = host(folder, undefined, {
      kvmClosedTo: () => Promise.resolve('there is no /dev/kvm'),
    })
    t.equal(await chooseAccelerator('auto', {}, closed), 'tcg')
    t.equal(trials.length, 0)
    await t.rejects(readFile(closed.memory))
  },
)

void t.test('a trial whose guest does not run ends at its deadline', async t => {
  const hangs = await fakeQemu(t, 'exec sleep 1000')
  t.match(await tryKvm(hangs, { deadlineMs: 50 }), /did not finish within 0.05 s/)
})

void t.test('a trial ends when its signal aborts', async t => {
  const abort = new AbortController()
  const options = { signal: abort.signal, deadlineMs: 3_600_000 }
  const trial = tryKvm(await fakeQemu(t, 'exec sleep 1000'), options)
  abort.abort(new Error('enough'))
  await t.rejects(trial, /enough/)
})

void t.test("a trial fails with QEMU's own first line", async t => {
  const fails = await fakeQemu(t, 'echo "failed to set MSR \x1b[1m" >&2; echo more >&2; exit 1')
  t.match(await tryKvm(fails), /exited with status 1: failed to set MSR \\x1b\[1m$/)
  t.match(await tryKvm(await fakeQemu(t, 'exit 0')), /status 0/, 'exiting is not an answer')
})

void t.test('the trial guest finishes on a CPU that can run it', async t => {
  const qemu = await findQemu()
  const emulated = await fakeQemu(
    t,
    // Real QEMU, but emulated: this tests the guest code.
    `for word do shift; case $word in kvm) word=tcg;; host,*) word=max,$(echo $word | cut -d, -f2-);; esac; set -- "$@" "$word"; done; exec ${qemu} "$@"`,
  )
  const account = await qemuAccount()
  t.equal(await tryKvm(emulated, { account, deadlineMs: 60_000 }), undefined)
})

void t.test('a user without access to /dev/kvm gets the reason', async t => {
  const why = await kvmClosedTo({ uid: 54321, gid: 54321, groups: [] })
  t.match(why ?? 'everybody may open it', /no \/dev\/kvm|may not open|everybody/)
})
