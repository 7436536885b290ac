import { shellQuote } from '../platform/text.js'
import type { MachineSpec } from './spec.js'

/** How one start of QEMU is wired to whoever started it. */
export interface Wiring {
  /** What the guest boots; a restored one has booted already. */
  readonly boot?: { readonly kernel: string; readonly initramfs: string }
  /** A file that is the guest's memory; anonymous memory when absent. */
  readonly memory?: { readonly path: string; readonly shared: boolean }
  /** Arguments that connect the first serial port and the monitor, and how the guest begins. */
  readonly channels: readonly string[]
}

/** The harness talks to QEMU through inherited descriptors: no path is needed, none is left. */
export const CHANNELS = { qmp: 3, console: 4 } as const
/** The first descriptor behind the channels; files that QEMU opens follow from here. */
export const FIRST_FILE = 5

/** QEMU may run as a user who cannot reach a file by its path. */
export const inherited = (descriptor: number): string => `/proc/self/fd/${descriptor}`

/** Sockets, because QEMU never blocks on one: a harness that is slow slows the guest's UART, no more. */
export const harnessChannels: readonly string[] = [
  // The guest waits until somebody listens to all it says.
  '-S',
  // `-qmp`, for since 11 QEMU warns of `-mon`, and before 11 it knows no `-object monitor-qmp`.
  ...['-chardev', `socket,id=qmp,fd=${CHANNELS.qmp}`, '-qmp', 'chardev:qmp'],
  ...['-chardev', `socket,id=console,fd=${CHANNELS.console}`, '-serial', 'chardev:console'],
]

/** QEMU's arguments for this machine. */
export function qemuArguments(spec: MachineSpec, { boot, memory, channels }: Wiring): string[] {
  return [
    ...['-name', 'modprove'],
    ...machine(spec, memory),
    ...confinement,
    ...(boot === undefined
      ? []
      : ['-kernel', boot.kernel, '-initrd', boot.initramfs, '-append', kernelParameters(spec)]),
    ...devices,
    ...channels,
  ]
}

/**
 * The same machine for a person at a terminal: console and monitor on it (Ctrl+A C changes over, Ctrl+A X ends).
 * @param qemu its program, and the arguments that this one needs
 */
export function commandLineByHand(qemu: readonly string[], spec: MachineSpec): string {
  const boot = { kernel: spec.image, initramfs: spec.initramfs }
  return [...qemu, ...qemuArguments(spec, { boot, channels: ['-serial', 'mon:stdio'] })]
    .map(shellQuote)
    .join(' ')
}

function machine(
  { accelerator, cpus, memoryMiB }: MachineSpec,
  memory: Wiring['memory'],
): string[] {
  const backend = memory === undefined ? '' : ',memory-backend=memory'
  return [
    // The machine with the least to probe. rtc: else the guest lives in 1970. acpi=off: its tables and
    // their interpreter are half of a small kernel's boot.
    ...['-M', `microvm,rtc=on,acpi=off${backend}`],
    ...(memory === undefined ? [] : ['-object', memoryObject(memory, memoryMiB)]),
    ...['-accel', accelerator],
    ...['-cpu', processor(accelerator)],
    ...['-smp', String(cpus), '-m', `${memoryMiB}M`],
  ]
}

/**
 * Of an emulated processor. A model with a version, because `max` is another one in each QEMU: 10.0's does not boot without
 * ERMS, and with ERMS the kernel copies by `rep movsb`, each byte of which is a step of its own. `enforce`: a QEMU that lacks
 * a feature says so and ends. RDRAND lets random.trust_cpu=on seed the pool; SMEP and SMAP make a stray use of user memory an
 * oops; the rest is x86-64-v2, which the host's programs in the guest may be built for.
 */
const EMULATED =
  'qemu64-v1,rdrand=on,smep=on,smap=on,ssse3=on,sse4.1=on,sse4.2=on,popcnt=on,enforce'

/**
 * Page tables of four levels on KVM, too: while a kernel looks at its first processor (identify_cpu()), pgtable_l5_enabled()
 * forgets that there are five, and an interrupt that comes just then is a wild access to KASAN (seen on 7.3).
 */
export const processor = (accelerator: MachineSpec['accelerator']): string =>
  accelerator === 'kvm' ? 'host,la57=off' : EMULATED

/** shared: what the guest writes is written into the file; else it stays the process's own. */
const memoryObject = (memory: { path: string; shared: boolean }, memoryMiB: number): string =>
  `memory-backend-file,id=memory,size=${memoryMiB}M,mem-path=${memory.path},share=${memory.shared ? 'on' : 'off'}`

export const confinement: readonly string[] = [
  // Nothing that this command line does not name: no default devices, no configuration of the host's.
  ...['-nodefaults', '-no-user-config', '-display', 'none'],
  // A guest that reboots, as a panic makes it do, ends QEMU.
  '-no-reboot',
  // A guest that breaks out of the emulation finds itself in seccomp's.
  ...['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'],
]

const devices = [
  // restrict: the guest reaches neither network nor host. Port 0: the host's kernel picks a free one.
  ...['-netdev', 'user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:0-:22'],
  // A restored guest would tell its network that it has moved, before anything else that it does.
  ...['-device', 'virtio-net-device,netdev=net,guest_announce=off'],
  // For kernels that do not take the CPU's word for randomness: without it 5.10 waits for two seconds.
  ...['-object', 'rng-builtin,id=entropy', '-device', 'virtio-rng-device,rng=entropy'],
]

/**
 * What an emulated kernel is told because finding out takes long, or fails on a busy host:
 * - the rate of its time-stamp counter, which it would measure against an emulated timer; without it the kernel counts in
 *   ticks, and never stops ticking;
 * - that the counter can be trusted, that of several processors, too, which have one in QEMU: the kernel would compare it with
 *   ticks that a busy host loses (kernel/time/clocksource.c), or not use it at all (unsynchronized_tsc(), arch/x86/kernel/tsc.c);
 * - of a single one, to do without its local timer, whose measuring takes 0.2 s (calibrate_APIC_clock(),
 *   arch/x86/kernel/apic/apic.c) where the PIT serves as well; and to keep its lock prefixes: turning them into nothing
 *   (alternatives_smp_module_add()) means to translate the kernel anew.
 */
const forEmulated = ({ cpus, tscKhz }: MachineSpec): string[] => [
  ...(tscKhz === undefined ? [] : [`tsc_early_khz=${tscKhz}`]),
  'tsc=reliable',
  ...(cpus === 1 ? ['nolapic_timer', 'noreplace-smp'] : []),
]

function kernelParameters(spec: MachineSpec): string {
  return [
    'console=ttyS0',
    // A panic reboots at once, by triple fault: a microvm has no other way, and QEMU ends on it.
    ...['panic=-1', 'reboot=t'],
    'random.trust_cpu=on',
    // Else a guest that waits for its processor on a crowded host takes its timer for a broken one, and panics.
    'no_timer_check',
    ...(spec.accelerator === 'tcg' ? forEmulated(spec) : []),
    ...spec.append,
  ].join(' ')
}
