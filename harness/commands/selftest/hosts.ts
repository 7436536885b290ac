import { join } from 'node:path'
import { exitCodeOf } from '../../record/exit-code.js'
import { runName } from '../../record/record.js'
import { closingLine } from '../../report/summary.js'
import { wantedColumns } from '../../plan/wanted-columns.js'
import type { Invocation, MachineOptions } from '../invocation.js'
import { proveHosts } from './prove-hosts.js'

export interface HostsOptions extends Omit<MachineOptions, 'qemu'> {
  kernel?: readonly string[]
  flavour?: readonly string[]
  suite?: readonly string[]
}

export async function execute({
  args,
  options,
  terminal,
  signal,
  project: read,
}: Invocation<HostsOptions>): Promise<number> {
  const project = await read()
  const folder = join(project.state, 'hosts', runName(new Date()))
  const request = {
    ...wantedColumns(project, options, { flavours: ['plain', 'debug'] }),
    suites: options.suite ?? [],
    accelerator: options.accel,
  }
  const counts = await proveHosts(args, folder, { project, request, terminal, signal })
  terminal.write(`table: ${join(folder, 'hosts.json')}\n${closingLine(counts)}\n`)
  return exitCodeOf(counts)
}
