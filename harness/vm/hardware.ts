import { BYTES_A_MIB } from './new-file.js'

/** What a machine has besides the least. */
export interface Hardware {
  /** ACPI's reduced hardware model, and all devices by its tables. */
  readonly acpi: boolean
  /** A PCI Express bus, which needs ACPI. */
  readonly pci: boolean
  /** Sizes of its empty disks, in MiB. */
  readonly disksMiB: readonly number[]
}

/** A machine without any of it. */
export const LEAST: Hardware = { acpi: false, pci: false, disksMiB: [] }

export const hasAcpi = ({ acpi, pci }: Hardware): boolean => acpi || pci

/** Properties of QEMU's machine `microvm`. */
export const machineProperties = (hardware: Hardware): string =>
  `acpi=${hasAcpi(hardware) ? 'on' : 'off'}${hardware.pci ? ',pcie=on' : ''}`

/**
 * Arguments for disks of virtio-blk.
 * @param paths their files; without them, the disks hold nothing that is written
 */
export const diskArguments = ({ disksMiB }: Hardware, paths: readonly string[] = []): string[] =>
  disksMiB.flatMap((mib, index) => {
    const name = `disk${index}`
    const path = paths[index]
    const backend =
      path === undefined
        ? `driver=null-co,read-zeroes=on,size=${mib * BYTES_A_MIB}`
        : // The file ends with its machine: nothing has to reach a real disk.
          `driver=raw,cache.no-flush=on,file.driver=file,file.locking=off,file.filename=${path}`
    return [
      ...['-blockdev', `node-name=${name},${backend}`],
      ...['-device', `virtio-blk-device,drive=${name},serial=${name}`],
    ]
  })
