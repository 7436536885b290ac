import { BYTES_A_MIB } from './new-file.js'

/**
 * QEMU's machine: `microvm` has the least to probe, but wants a kernel with virtio-mmio built in;
 * `q35` is a PC, which any distribution's kernel boots on.
 */
type Board = 'microvm' | 'q35'

/** What a machine has besides the least. */
export interface Hardware {
  readonly board: Board
  /** ACPI's reduced hardware model, and all devices by its tables. */
  readonly acpi: boolean
  /** A PCI Express bus, which needs ACPI. */
  readonly pci: boolean
  /** Sizes of its empty disks, in MiB. */
  readonly disksMiB: readonly number[]
}

/** A machine without any of it. */
export const LEAST: Hardware = { board: 'microvm', acpi: false, pci: false, disksMiB: [] }

export const hasAcpi = ({ board, acpi, pci }: Hardware): boolean => board === 'q35' || acpi || pci

/** QEMU's machine with its properties. */
export const machineOf = (hardware: Hardware): string =>
  hardware.board === 'q35'
    ? // What nobody uses costs a boot its probing.
      'q35,sata=off,smbus=off,usb=off,hpet=off,vmport=off'
    : // ACPI is half of a small boot; without rtc it is 1970.
      `microvm,rtc=on,acpi=${hasAcpi(hardware) ? 'on' : 'off'}${hardware.pci ? ',pcie=on' : ''}`

/** A device of virtio on the machine's bus. @param name `virtio-net` */
export const virtio = ({ board }: Hardware, name: string, properties: string): string[] => [
  '-device',
  `${name}-${board === 'q35' ? 'pci' : 'device'},${properties}`,
]

/**
 * Arguments for disks of virtio-blk.
 * @param paths their files; without them, the disks hold nothing that is written
 */
export const diskArguments = (hardware: Hardware, paths: readonly string[] = []): string[] =>
  hardware.disksMiB.flatMap((mib, index) => {
    const name = `disk${index}`
    const path = paths[index]
    const backend =
      path === undefined
        ? `driver=null-co,read-zeroes=on,size=${mib * BYTES_A_MIB}`
        : // The file ends with its machine: nothing has to reach a real disk.
          `driver=raw,cache.no-flush=on,file.driver=file,file.locking=off,file.filename=${path}`
    return [
      ...['-blockdev', `node-name=${name},${backend}`],
      ...virtio(hardware, 'virtio-blk', `drive=${name},serial=${name}`),
    ]
  })
