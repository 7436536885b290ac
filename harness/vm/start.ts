import type { Account } from '../platform/process/owned.js'
import { inherited } from './command-line.js'
import { openForQemu } from './files.js'
import { launch, type InheritedFiles } from './launch.js'
import { Machine } from './machine.js'
import type { MachineSpec } from './spec.js'

/** Opens what the guest boots, as paths for QEMU. */
export async function wireBoot(
  { image, initramfs }: MachineSpec,
  files: InheritedFiles,
  account: Account | undefined,
): Promise<{ kernel: string; initramfs: string }> {
  const open = async (path: string) =>
    inherited(files.add(await openForQemu(path, account !== undefined)))
  return { kernel: await open(image), initramfs: await open(initramfs) }
}

/**
 * Boots a machine from its kernel; the guest runs when this resolves. The console is appended to
 * `console.log` in the spec's folder.
 * @throws ModproveError `QEMU_MISSING`, `MACHINE_FILE`, `QEMU_DID_NOT_START`; the signal's reason
 * when it aborts
 */
export async function start(spec: MachineSpec): Promise<Machine> {
  return new Machine(
    await launch(spec, {
      wire: async (files, account) => ({ boot: await wireBoot(spec, files, account) }),
    }),
  )
}
