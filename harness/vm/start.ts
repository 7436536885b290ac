import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { scaled } from '../deadlines.js'
import { harnessError } from '../errors.js'
import { sweepPrivateFolders } from '../paths.js'
import { escapeTerminal } from '../text.js'
import { commandLineByHand, DESCRIPTORS, qemuArguments } from './command-line.js'
import { Console } from './console.js'
import { describeEnd } from './end.js'
import { openForQemu } from './files.js'
import { Machine } from './machine.js'
import { findQemu, qemuAccount } from './qemu.js'
import { QemuProcess } from './qemu-process.js'
import { Qmp } from './qmp.js'
import type { MachineSpec } from './spec.js'

/** QEMU opens its control channel within 0.1 s; a crowded host takes its time. */
const FIRST_ANSWER_MS = 10_000

/**
 * Starts QEMU; the guest runs when this resolves. The console is appended to `console.log` in
 * the spec's folder.
 * @throws ModproveError `QEMU_MISSING`, `MACHINE_FILE`, `QEMU_DID_NOT_START`; the signal's reason when it aborts
 */
export async function start(spec: MachineSpec): Promise<Machine> {
  spec.signal?.throwIfAborted()
  const binary = await findQemu()
  const commandLine = commandLineByHand(binary, spec)
  await sweepPrivateFolders()
  const qemu = await spawn(binary, spec)
  const abort = () => qemu.kill('the run was interrupted')
  spec.signal?.addEventListener('abort', abort, { once: true })
  void qemu.ended.then(() => spec.signal?.removeEventListener('abort', abort))
  const console = new Console(qemu.channel(DESCRIPTORS.console), join(spec.folder, 'console.log'))
  try {
    if (spec.signal?.aborted) abort()
    const deadlineMs = scaled(FIRST_ANSWER_MS, spec.accelerator)
    const qmp = await Qmp.connect(qemu.channel(DESCRIPTORS.qmp), { deadlineMs })
    qmp.on('event', event => qemu.tell(event))
    const sshPort = await forwardedPort(qmp)
    const machine = new Machine({ spec, qemu, qmp, console, commandLine, sshPort })
    await qmp.execute('cont', {}, { deadlineMs })
    return machine
  } catch (cause) {
    qemu.kill('it did not start')
    const end = await qemu.ended
    await console.ended
    spec.signal?.throwIfAborted()
    throw harnessError(
      'QEMU_DID_NOT_START',
      `a machine could not be started: it ${describeEnd(end)}`,
      {
        detail: escapeTerminal(qemu.stderr),
        remedy: `start it by hand:\n${commandLine}`,
        cause,
      },
    )
  }
}

async function spawn(binary: string, spec: MachineSpec): Promise<QemuProcess> {
  const account = await qemuAccount()
  const files: FileHandle[] = []
  try {
    for (const path of [spec.image, spec.initramfs])
      files.push(await openForQemu(path, account !== undefined))
    return new QemuProcess(binary, qemuArguments(spec), {
      // In the order of DESCRIPTORS.
      descriptors: ['pipe', 'pipe', ...files.map(file => file.fd)],
      ...(account === undefined ? {} : { account }),
    })
  } finally {
    for (const file of files) await file.close()
  }
}

/** The host's end of the forwarding to the guest's port 22, from a line such as
 *  `TCP[HOST_FORWARD]  14       127.0.0.1 41835       10.0.2.15    22`. */
async function forwardedPort(qmp: Qmp): Promise<number> {
  const table = await qmp.monitor('info usernet')
  const port = /HOST_FORWARD\]\s+\d+\s+127\.0\.0\.1\s+(\d+)/.exec(table)?.[1]
  if (port !== undefined) return Number(port)
  throw harnessError('QEMU_NO_PORT', 'QEMU forwards no port to the guest', {
    detail: escapeTerminal(table, 2000),
  })
}
