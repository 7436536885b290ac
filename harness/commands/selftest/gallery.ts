import { join } from 'node:path'
import { exitCodeOf } from '../../record/exit-code.js'
import { runName } from '../../record/record.js'
import { closingLine } from '../../report/summary.js'
import type { Invocation, MachineOptions } from '../invocation.js'
import { proveAndKeep } from './prove-gallery.js'

export interface GalleryOptions extends MachineOptions {
  kernel?: readonly string[]
}

export async function execute({
  args,
  options,
  terminal,
  signal,
  project: read,
}: Invocation<GalleryOptions>): Promise<number> {
  const project = await read()
  const folder = join(project.state, 'galleries', runName(new Date()))
  const counts = await proveAndKeep(args, folder, {
    project,
    kernels: options.kernel ?? ['all'],
    accelerator: options.accel,
    terminal,
    signal,
  })
  terminal.write(`${closingLine(counts)}\n`)
  return exitCodeOf(counts)
}
