import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { start, type MachineSpec } from './index.js'
import { toyKernel, type ToyEnding } from './toy-kernel.js'

const READY = 'Linux version 0\r\nmodprove: ready\r\n'

async function toy(t: Test, text: string, ending: ToyEnding): Promise<MachineSpec> {
  const folder = t.testdir({ initramfs: 'none', image: '' })
  const image = join(folder, 'image')
  await writeFile(image, toyKernel(text, ending))
  return {
    image,
    initramfs: join(folder, 'initramfs'),
    accelerator: 'tcg',
    memoryMiB: 16,
    cpus: 1,
    append: [],
    folder,
  }
}

/** Connects to the forwarded port: QEMU itself accepts, and the connection ends with QEMU. */
async function tied(port: number) {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => socket.destroy())
  await once(socket, 'connect')
  return socket.resume()
}

void t.test('a ready guest has a port, and quits when asked', async t => {
  const spec = await toy(t, READY, 'rests')
  await using machine = await start(spec)
  const booted = await machine.ready()
  const socket = await tied(booted.sshPort)
  if (process.getuid?.() === 0)
    t.not((await stat(`/proc/${machine.pid}`)).uid, 0, 'QEMU is an ordinary user')
  t.same(await booted.quit(), { how: 'quit' })
  t.same(await machine.ended, { how: 'quit' }, 'both states know how it ended')
  if (!socket.closed) await new Promise(resolve => socket.once('close', resolve))
  await t.rejects(stat(`/proc/${machine.pid}`))
  t.equal(await readFile(machine.console.path, 'utf8'), READY)
})

void t.test('leaving the scope of a machine ends it', async t => {
  const spec = await toy(t, READY, 'spins')
  let ended
  {
    await using machine = await start(spec)
    ended = machine.ended
  }
  t.same(await ended, { how: 'quit' })
})

void t.test('a guest that resets did not boot, and its console says why', async t => {
  const spec = await toy(t, 'Kernel panic \x1b[31m- not syncing\r\n', 'resets')
  await using machine = await start(spec)
  await t.rejects(machine.ready(), {
    code: 'GUEST_DID_NOT_BOOT',
    exitCode: 3,
    message: /was reset by its guest/,
    detail: 'The last 1 lines of its console:\nKernel panic \\x1b[31m- not syncing',
    remedy:
      /^the cause may be this QEMU \(QEMU emulator version \d.*\) or its processor model \(qemu64-v1,.*\n.*qemu-system-x86_64 .*-serial mon:stdio/s,
  })
  t.same(await machine.ended, { how: 'guest', reason: 'guest-reset' })
})

void t.test('a reset after ready is attributed to the guest', async t => {
  await using machine = await start(await toy(t, READY, 'resets'))
  t.same(await machine.ended, { how: 'guest', reason: 'guest-reset' })
})

void t.test('a guest that spins times out, and its registers are still available', async t => {
  await using machine = await start({ ...(await toy(t, '', 'spins')), cpus: 2 })
  const evidence = await machine.evidence()
  t.match(evidence.registers, /CPU#0[^]*EIP=[^]*CPU#1/)
  await t.rejects(machine.ready({ readyMs: 2 }), {
    message: /was not ready within 0\.0\d s/,
    detail: 'Its console is empty.',
    remedy: /^boot it by hand/,
  })
  t.match(await machine.ended, { how: 'killed', why: /not ready/ })
  t.same(await machine.evidence(), { registers: undefined, cpus: [] }, 'an ended machine has none')
})

void t.test('an invalid kernel is an error with QEMU’s words', async t => {
  const spec = await toy(t, '', 'rests')
  await writeFile(spec.image, 'no kernel')
  await t.rejects(start(spec), { code: 'QEMU_DID_NOT_START', detail: /invalid|kernel/i })
  await t.rejects(start({ ...spec, image: join(spec.folder, 'missing') }), {
    code: 'MACHINE_FILE',
    message: /missing/,
  })
})

void t.test('files that only their owner can read boot, too', async t => {
  const spec = await toy(t, READY, 'rests')
  const hidden = join(spec.folder, 'hidden')
  await mkdir(hidden, { mode: 0o700 })
  const image = join(hidden, 'image')
  await writeFile(image, await readFile(spec.image))
  await chmod(image, 0o600)
  await using machine = await start({ ...spec, image })
  await machine.ready()
})

void t.test('kill -9 of QEMU is not attributed to the guest', async t => {
  await using machine = await start(await toy(t, READY, 'rests'))
  await machine.ready()
  process.kill(machine.pid, 'SIGKILL')
  const end = await machine.ended
  t.match(end, { how: 'qemu', signal: 'SIGKILL', exitCode: undefined })
  t.equal(end.how === 'qemu' && end.stderr, '', 'QEMU printed no warning')
})

void t.test('a stopped QEMU can still be killed', async t => {
  await using machine = await start(await toy(t, READY, 'rests'))
  process.kill(machine.pid, 'SIGSTOP')
  t.match(await machine.kill('it is stopped'), { how: 'killed' })
})

void t.test('an aborted signal kills the machine at every stage', async t => {
  const spec = await toy(t, 'booting\r\n', 'spins')
  await t.rejects(start({ ...spec, signal: AbortSignal.abort(new Error('before')) }), /before/)

  const during = new AbortController()
  const starting = start({ ...spec, signal: during.signal })
  during.abort(new Error('during'))
  await t.rejects(starting, /during/)

  const after = new AbortController()
  await using machine = await start({ ...spec, signal: after.signal })
  const ready = machine.ready()
  after.abort(new Error('after'))
  await t.rejects(ready, /after/)
  t.match(await machine.ended, { how: 'killed', why: 'the run was interrupted' })
})

void t.test('a flood on the console does not prevent a boot', async t => {
  await using machine = await start(await toy(t, `${'x'.repeat(5000)}\n`, 'floods'))
  for (let lines = 0; lines < 20; lines++) await once(machine.console, 'line')
  t.same(await machine.quit(), { how: 'quit' })
  t.ok(machine.console.tail(1)[0]?.startsWith('xxx'))
})

void t.test('kill -9 of the harness leaves no QEMU', async t => {
  const spec = await toy(t, READY, 'rests')
  const module = JSON.stringify(new URL('index.ts', import.meta.url).href)
  const script = `
    const { start } = await import(${module})
    const machine = await start(${JSON.stringify(spec)})
    process.stdout.write(String((await machine.ready()).sshPort))`
  const harness = spawn(
    process.execPath,
    ['--import=tsx', '--input-type=module', '--eval', script],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  t.teardown(() => harness.kill('SIGKILL'))
  const [port] = (await once(harness.stdout, 'data')) as [Buffer]
  t.match(String(port), /^\d+$/)
  const socket = await tied(Number(port))
  harness.kill('SIGKILL')
  // events.once() would reject on an error that precedes the close.
  await new Promise(resolve => socket.once('close', resolve))
  t.pass('QEMU closed its port')
})
