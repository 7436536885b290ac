import type { Accelerator } from '../contract/accelerator.js'
import { writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { join } from 'node:path'
import { abortedAfter, scaled } from '../platform/waiting/deadlines.js'
import { harnessError } from '../platform/errors.js'
import { privateFolder } from '../platform/files/private-folder.js'
import { processor } from './command-line.js'
import { describeEnd } from './end.js'
import { restore, startToSave } from './template.js'
import { toyKernel } from './toy-kernel.js'

const MEMORY_MIB = 16
const GOES_ON_MS = 3_000

/**
 * Boots, saves, restores and ends a tiny kernel's machine, with the arguments, user, sandbox and
 * channels of a suite's machine.
 * @returns what was tried, as a sentence
 * @throws ModproveError what failed
 */
export async function tryMachine(accelerator: Accelerator, signal: AbortSignal): Promise<string> {
  const since = performance.now()
  await using folder = await privateFolder()
  const template = { folder: folder.path }
  const [image, initramfs] = [join(folder.path, 'image'), join(folder.path, 'initramfs')]
  await writeFile(image, toyKernel('modprove: ready\r\n', 'counts'))
  await writeFile(initramfs, 'none')
  const size = { memoryMiB: MEMORY_MIB, cpus: 1 }
  const spec = { image, initramfs, accelerator, ...size, append: [], folder: folder.path, signal }
  {
    await using saving = await startToSave(spec, template)
    await saving.machine.ready()
    await saving.save()
  }
  await using machine = await restore(spec, template)
  const over = abortedAfter(scaled(GOES_ON_MS, accelerator), signal)
  const line = once(machine.console, 'line', { signal: over }).then(
    () => undefined,
    () => 'does not go on',
  )
  const why = await Promise.race([line, machine.ended.then(describeEnd)])
  signal.throwIfAborted()
  if (why !== undefined) {
    throw harnessError('GUEST_NOT_RESTORED', `a restored machine ${why}`, {
      remedy: `start it by hand:\n${machine.commandLine}`,
    })
  }
  const took = ((performance.now() - since) / 1000).toFixed(1)
  return `a machine booted, was saved, and was restored in ${took} s (${accelerator}, ${processor(accelerator)}; its kernel is a few bytes, no Linux)`
}
