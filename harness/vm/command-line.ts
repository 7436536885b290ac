import { shellQuote } from '../text.js'
import type { MachineSpec } from './spec.js'

/** How one start of QEMU is wired to whoever started it. */
export interface Wiring {
  readonly kernel: string
  readonly initramfs: string
  /** Arguments that connect the first serial port and the monitor, and how the guest begins. */
  readonly channels: readonly string[]
}

/** The harness's wiring: everything through inherited descriptors, so that no path is needed or left. */
export const DESCRIPTORS = { qmp: 3, console: 4, kernel: 5, initramfs: 6 } as const

export const harnessWiring: Wiring = {
  // QEMU may run as a user who cannot reach these files by their paths.
  kernel: `/proc/self/fd/${DESCRIPTORS.kernel}`,
  initramfs: `/proc/self/fd/${DESCRIPTORS.initramfs}`,
  // Sockets, because QEMU never blocks on one: a harness that is slow slows the guest's UART, no more.
  channels: [
    // The guest waits until somebody listens to all it says.
    '-S',
    ...['-chardev', `socket,id=qmp,fd=${DESCRIPTORS.qmp}`, '-mon', 'chardev=qmp,mode=control'],
    ...['-chardev', `socket,id=console,fd=${DESCRIPTORS.console}`, '-serial', 'chardev:console'],
  ],
}

/** QEMU's arguments for this machine. */
export function qemuArguments(spec: MachineSpec, wiring: Wiring = harnessWiring): string[] {
  return [
    ...['-name', 'modprove'],
    ...machine(spec),
    ...confinement,
    ...['-kernel', wiring.kernel, '-initrd', wiring.initramfs],
    ...['-append', kernelParameters(spec).join(' ')],
    ...devices,
    ...wiring.channels,
  ]
}

/** The same machine for a person at a terminal: console and monitor on it (Ctrl+A C changes over, Ctrl+A X ends). */
export function commandLineByHand(binary: string, spec: MachineSpec): string {
  const wiring = {
    kernel: spec.image,
    initramfs: spec.initramfs,
    channels: ['-serial', 'mon:stdio'],
  }
  return [binary, ...qemuArguments(spec, wiring)].map(shellQuote).join(' ')
}

function machine({ accelerator, cpus, memoryMiB }: MachineSpec): string[] {
  return [
    // The machine with the least to probe. rtc: else the guest lives in 1970. acpi=off: its tables and
    // their interpreter are half of a small kernel's boot.
    ...['-M', 'microvm,rtc=on,acpi=off'],
    ...['-accel', accelerator],
    // Everything the accelerator can do; RDRAND among it, which lets random.trust_cpu=on seed the pool.
    ...['-cpu', accelerator === 'kvm' ? 'host' : 'max'],
    ...['-smp', String(cpus), '-m', `${memoryMiB}M`],
  ]
}

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
  ...['-device', 'virtio-net-device,netdev=net'],
  // For kernels that do not take the CPU's word for randomness: without it 5.10 waits for two seconds.
  ...['-object', 'rng-builtin,id=entropy', '-device', 'virtio-rng-device,rng=entropy'],
]

function kernelParameters({ append }: MachineSpec): string[] {
  return [
    'console=ttyS0',
    // A panic reboots at once, by triple fault: a microvm has no other way, and QEMU ends on it.
    ...['panic=-1', 'reboot=t'],
    'random.trust_cpu=on',
    ...append,
  ]
}
