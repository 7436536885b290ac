import { shellQuote } from '../platform/text/text.js'
import { diskArguments, hasAcpi, LEAST, machineOf, virtio, type Hardware } from './hardware.js'
import type { MachineSpec } from './spec.js'

/** How one start of QEMU is connected to its caller. */
export interface Wiring {
  /** What the guest boots; absent for a restored machine. */
  readonly boot?: { readonly kernel: string; readonly initramfs: string }
  /** The file that backs the guest's memory; anonymous memory when absent. */
  readonly memory?: { readonly path: string; readonly shared: boolean }
  /** Paths of the disks' files. */
  readonly disks?: readonly string[]
  /** Arguments for the first serial port and the monitor, and how the guest starts. */
  readonly channels: readonly string[]
}

/** QEMU's inherited descriptors for its channels: no socket's path is needed or left behind. */
export const CHANNELS = { qmp: 3, console: 4 } as const
/** The first descriptor after the channels; files that QEMU opens start here. */
export const FIRST_FILE = 5

/** A path to an inherited descriptor: QEMU may run as a user who cannot open the file by name. */
export const inherited = (descriptor: number): string => `/proc/self/fd/${descriptor}`

/** Sockets, because QEMU never blocks on one: a slow harness only slows the guest's UART. */
export const harnessChannels: readonly string[] = [
  // The guest starts only when the console is being read.
  '-S',
  // `-qmp`: QEMU 11 warns about `-mon`, and older ones have no `-object monitor-qmp`.
  ...['-chardev', `socket,id=qmp,fd=${CHANNELS.qmp}`, '-qmp', 'chardev:qmp'],
  ...['-chardev', `socket,id=console,fd=${CHANNELS.console}`, '-serial', 'chardev:console'],
]

/** Returns QEMU's arguments for this machine. */
export function qemuArguments(
  spec: MachineSpec,
  { boot, memory, disks, channels }: Wiring,
): string[] {
  const { hardware = LEAST } = spec
  return [
    ...['-name', 'modprove'],
    ...machine(spec, memory),
    ...confinement,
    ...(boot === undefined
      ? []
      : ['-kernel', boot.kernel, '-initrd', boot.initramfs, '-append', kernelParameters(spec)]),
    ...devices(hardware),
    ...diskArguments(hardware, disks),
    ...channels,
  ]
}

/**
 * Returns the same machine's command line for a terminal (Ctrl+A C: console or monitor; Ctrl+A X:
 * quit).
 * @param qemu its program, and the arguments that it needs
 */
export function commandLineByHand(qemu: readonly string[], spec: MachineSpec): string {
  const boot = { kernel: spec.image, initramfs: spec.initramfs }
  return [...qemu, ...qemuArguments(spec, { boot, channels: ['-serial', 'mon:stdio'] })]
    .map(shellQuote)
    .join(' ')
}

function machine(
  { accelerator, cpus, memoryMiB, hardware = LEAST }: MachineSpec,
  memory: Wiring['memory'],
): string[] {
  const backend = memory === undefined ? '' : ',memory-backend=memory'
  return [
    ...['-M', `${machineOf(hardware)}${backend}`],
    ...(memory === undefined ? [] : ['-object', memoryObject(memory, memoryMiB)]),
    ...['-accel', accelerator],
    ...['-cpu', processor(accelerator)],
    ...['-smp', String(cpus), '-m', `${memoryMiB}M`],
  ]
}

/**
 * The emulated processor. A versioned model, because `max` differs between QEMU versions: 10.0's
 * does not boot without ERMS, and with ERMS the kernel copies by `rep movsb`, which TCG emulates
 * byte by byte. `enforce`: QEMU exits if it lacks a feature. RDRAND lets random.trust_cpu=on seed
 * the pool; SMEP and SMAP turn stray accesses to user memory into an oops; the rest is x86-64-v2,
 * for programs from the host.
 */
const EMULATED =
  'qemu64-v1,rdrand=on,smep=on,smap=on,ssse3=on,sse4.1=on,sse4.2=on,popcnt=on,enforce'

/**
 * Returns the `-cpu` argument. KVM guests get four-level page tables: identify_cpu() makes
 * pgtable_l5_enabled() briefly false, and an interrupt in that window is a KASAN report (seen on
 * 7.3). They run no guests of their own: with VMX, QEMU refuses to save a machine on a host without
 * KVM_CAP_NESTED_STATE (target/i386/kvm/kvm.c, kvm_arch_init_vcpu()).
 */
export const processor = (accelerator: MachineSpec['accelerator']): string =>
  accelerator === 'kvm' ? 'host,la57=off,vmx=off,svm=off' : EMULATED

/** With `shared`, the guest's writes go to the file; otherwise they stay private. */
const memoryObject = (memory: { path: string; shared: boolean }, memoryMiB: number): string =>
  `memory-backend-file,id=memory,size=${memoryMiB}M,mem-path=${memory.path},share=${memory.shared ? 'on' : 'off'}`

export const confinement: readonly string[] = [
  // Only what this command line names: no default devices, none of the host's configuration.
  ...['-nodefaults', '-no-user-config', '-display', 'none'],
  // A panic reboots, and a reboot then ends QEMU.
  '-no-reboot',
  // A guest that escapes the emulation is still confined by seccomp.
  ...['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'],
]

const devices = (hardware: Hardware): string[] => [
  // restrict: no access to network or host. Port 0: the host's kernel picks a free one.
  ...['-netdev', 'user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:0-:22'],
  // guest_announce: otherwise a restored guest first announces itself to its network.
  ...virtio(hardware, 'virtio-net', `netdev=net,guest_announce=off${noRom(hardware)}`),
  // For kernels that do not trust the CPU's RNG: without it 5.10 waits 2 s.
  ...['-object', 'rng-builtin,id=entropy'],
  ...virtio(hardware, 'virtio-rng', 'rng=entropy'),
]

/** A network card on PCI has a ROM to boot from, which is another package's. */
const noRom = ({ board }: Hardware): string => (board === 'q35' ? ',romfile=' : '')

/**
 * Parameters for an emulated kernel, whose own calibration is slow, or fails on a busy host:
 * - the TSC rate; measured against an emulated timer, it may fail, and then the kernel counts in
 * ticks and never stops ticking;
 * - a trusted TSC: otherwise the kernel compares it with ticks that a busy host loses
 * (kernel/time/clocksource.c), or, with several CPUs, does not use it (unsynchronized_tsc(),
 * arch/x86/kernel/tsc.c), although QEMU has one for all;
 * - on one CPU, no local APIC timer: calibrating it takes 0.2 s (calibrate_APIC_clock(),
 * arch/x86/kernel/apic/apic.c), and the PIT serves as well, which is not used where ACPI says that
 * its hardware is reduced (acpi_generic_reduced_hw_init()); and keep lock prefixes, because
 * patching them out (alternatives_smp_module_add()) makes TCG translate the kernel again.
 */
const forEmulated = ({ cpus, tscKhz, hardware = LEAST }: MachineSpec): string[] => [
  ...(tscKhz === undefined ? [] : [`tsc_early_khz=${tscKhz}`]),
  'tsc=reliable',
  ...(cpus === 1 && !hasAcpi(hardware) ? ['nolapic_timer'] : []),
  ...(cpus === 1 ? ['noreplace-smp'] : []),
]

function kernelParameters(spec: MachineSpec): string {
  return [
    'console=ttyS0',
    // A panic reboots at once, by triple fault: a microvm has no other way, and it ends QEMU.
    ...['panic=-1', 'reboot=t'],
    'random.trust_cpu=on',
    // Each slab cache is then listed by its name, and a module's that is left is seen.
    'slab_nomerge',
    // A guest starved by a busy host would take its timer for broken, and panic.
    'no_timer_check',
    ...(spec.accelerator === 'tcg' ? forEmulated(spec) : []),
    ...spec.append,
  ].join(' ')
}
