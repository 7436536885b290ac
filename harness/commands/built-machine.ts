import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { builtKernels } from '../builder/index.js'
import type { Accelerator } from '../contract/accelerator.js'
import { harnessError } from '../platform/errors.js'
import { cacheFolder } from '../platform/files/cache-folder.js'
import { byLastUse } from '../platform/files/last-use.js'
import { privateFolder } from '../platform/files/private-folder.js'
import { scaled } from '../platform/waiting/deadlines.js'
import { escapeTerminal } from '../platform/text/text.js'
import { restore, startToSave, type ReadyMachine } from '../vm/index.js'

const MEMORY_MIB = 256
const ANSWER_MS = 5_000
const SHOWN_LINES = 40

/**
 * Boots the last used cached plain kernel up to where suites would start, saves and restores it.
 * @returns what was tried, as a sentence; undefined if no kernel is built
 * @throws ModproveError what failed
 */
export async function bootBuiltKernel(
  accelerator: Accelerator,
  signal: AbortSignal,
): Promise<string | undefined> {
  const kernels = (await builtKernels()).filter(({ flavour }) => flavour === 'plain')
  const [kernel] = await byLastUse(kernels.map(({ folder }) => folder))
  const images = join(cacheFolder(), 'initramfs')
  const names = (await readdir(images).catch(() => [])).filter(name => /^base-\w+$/.test(name))
  const [base] = await byLastUse(names.map(name => join(images, name)))
  const release = kernels.find(({ folder }) => folder === kernel?.path)?.release
  if (kernel === undefined || base === undefined || release === undefined) return undefined
  await using folder = await privateFolder()
  const template = { folder: folder.path }
  const spec = {
    image: join(kernel.path, 'vmlinux'),
    initramfs: join(base.path, 'base.cpio'),
    bootTime: join(kernel.path, 'boot-time.json'),
    accelerator,
    memoryMiB: MEMORY_MIB,
    cpus: 1,
    append: [],
    folder: folder.path,
    signal,
  }
  const boot = stopwatch()
  let booted: string
  {
    await using saving = await startToSave(spec, template)
    await saving.machine.ready()
    booted = boot()
    await saving.save()
  }
  const restoring = stopwatch()
  await using machine = await restore(spec, template)
  const answers = await machine.answersOnConsole(scaled(ANSWER_MS, accelerator), signal)
  signal.throwIfAborted()
  if (!answers) throw notAnswering(release, machine)
  const restored = restoring()
  const clock = await clockOf(join(folder.path, 'console.log'))
  return `Linux ${release} of the cache booted in ${booted}, and answered ${restored} after a restore (${accelerator}, clock ${clock})`
}

/** Returns how long ago it was made, such as `1.2 s`. */
function stopwatch(): () => string {
  const since = performance.now()
  return () => `${((performance.now() - since) / 1000).toFixed(1)} s`
}

const notAnswering = (release: string, { console, commandLine }: ReadyMachine) =>
  harnessError('GUEST_NOT_RESTORED', `Linux ${release} does not answer after a restore`, {
    detail: console
      .tail(SHOWN_LINES)
      .map(line => escapeTerminal(line, 500))
      .join('\n'),
    remedy: `use --cold; by hand it is started by:\n${commandLine}`,
  })

/** The clock that the guest's kernel chose at last; the console is hostile. */
async function clockOf(console: string): Promise<string> {
  const lines = (await readFile(console, 'latin1')).matchAll(/Switched to clocksource ([\w-]+)/g)
  return [...lines].at(-1)?.[1] ?? 'unknown'
}
