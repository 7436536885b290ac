import { z } from 'zod'
import { textLike } from '../platform/files/checked-json.js'

/** A virtio-mmio machine has eight places, and two are taken. */
const MOST_DISKS = 4
const MIB_A_GIB = 1024

const SIZE = 'a size such as "512M" or "1G"'
const CPUS = 'a number from 1 to 8'
const size = () => textLike(/^[1-9]\d{0,5}[MG]$/, SIZE)

/** Mebibytes of a size: `1G` → 1024. */
export const mebibytes = (size: string): number =>
  parseInt(size) * (size.endsWith('G') ? MIB_A_GIB : 1)

/** Whether an entry of `kconfig` is a line, and not the path of a file. */
export const isOptionLine = (entry: string): boolean => entry.startsWith('CONFIG_')

export const kconfig = () =>
  z.array(
    textLike(
      /^(CONFIG_\w+=.+|(?!CONFIG_)[^=\n]*[^=\s])$/,
      'a line such as "CONFIG_USB=y # 6.1..", or the path of a file of such lines',
    ),
  )

/** `6.1` */
export const kernelSeries = () => textLike(/^\d+\.\d+$/, 'a kernel series such as 6.1')

export const kernelParameters = () => z.array(textLike(/^\S+$/, 'one kernel parameter'))

/** What the machine has besides a processor, memory and a network. */
export const machineFields = z.strictObject({
  memory: size().exactOptional().describe("the guest's memory, `512M`; default: the flavour's"),
  cpus: z
    .int({ error: CPUS })
    .min(1, { error: CPUS })
    .max(8, { error: CPUS })
    .exactOptional()
    .describe("processors; default: the flavour's"),
  acpi: z
    .boolean()
    .exactOptional()
    .describe('whether the machine and its kernel have ACPI; default: `false`'),
  pci: z
    .boolean()
    .exactOptional()
    .describe('whether they have a PCI Express bus, which brings ACPI; default: `false`'),
  disks: z
    .array(size())
    .max(MOST_DISKS, { error: `at most ${MOST_DISKS} disks` })
    .exactOptional()
    .describe(
      'sizes of empty disks, `["64M", "1G"]`: `/dev/vda`, `/dev/vdb`, … of virtio-blk, new for each machine',
    ),
  append: kernelParameters().exactOptional().describe('kernel parameters: `["video=off"]`'),
})

/** What is added to a flavour, or to a copy of it. */
export const flavourFields = z.strictObject({
  base: textLike(/\S/, 'the name of a flavour')
    .exactOptional()
    .describe('for a flavour of your own: the flavour that it is made from; default: `plain`'),
  kconfig: kconfig().exactOptional().describe("as the project's, and merged after all others"),
  append: kernelParameters().exactOptional().describe('kernel parameters'),
})

export const flavourName = textLike(/^[a-z][a-z0-9]*$/, 'lower-case letters and digits')

export type MachineConfig = z.output<typeof machineFields>
export type FlavourConfig = z.output<typeof flavourFields>
