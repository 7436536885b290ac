import { execFileSync } from 'node:child_process'
import t from 'tap'
import { commandLineByHand, harnessChannels, inherited, qemuArguments } from './command-line.js'
import { LEAST, type Hardware } from './hardware.js'
import type { MachineSpec } from './spec.js'

const spec: MachineSpec = {
  image: '/cache/it is/vmlinux',
  initramfs: '/cache/initramfs.cpio',
  accelerator: 'tcg',
  memoryMiB: 256,
  cpus: 2,
  append: ['loglevel=7', 'slub_debug=FZ'],
  folder: '/unused',
}

const boot = { kernel: inherited(5), initramfs: inherited(6) }
const argumentsOf = (machine: MachineSpec): string[] =>
  qemuArguments(machine, { boot, channels: harnessChannels })

const after = (args: readonly string[], flag: string): string | undefined =>
  args[args.indexOf(flag) + 1]

void t.test('the guest is confined', t => {
  const args = argumentsOf(spec)
  t.match(after(args, '-sandbox'), /^on,.*elevateprivileges=deny,spawn=deny/)
  t.match(after(args, '-netdev'), /restrict=on/)
  t.match(after(args, '-netdev'), /hostfwd=tcp:127\.0\.0\.1:0-:22/, 'loopback only, a free port')
  for (const flag of ['-nodefaults', '-no-user-config', '-no-reboot']) t.ok(args.includes(flag))
  t.end()
})

void t.test('the CPU follows the accelerator', t => {
  // `max` and `host` differ between QEMU versions and hosts; a versioned model does not.
  t.match(after(argumentsOf(spec), '-cpu'), /^qemu64-v1,.*\brdrand=on\b.*,enforce$/)
  const kvm = argumentsOf({ ...spec, accelerator: 'kvm' })
  t.equal(after(kvm, '-accel'), 'kvm')
  t.equal(after(kvm, '-cpu'), 'host,la57=off,vmx=off,svm=off')
  t.end()
})

void t.test("a spec's kernel parameters come last, so that they win", t => {
  t.match(
    after(argumentsOf(spec), '-append'),
    /panic=-1.* slab_nomerge .*loglevel=7 slub_debug=FZ$/,
  )
  t.end()
})

void t.test(
  'an emulated kernel skips slow calibrations, and gets the clock rate that it cannot measure',
  t => {
    const parameters = (own: Partial<MachineSpec>) =>
      after(argumentsOf({ ...spec, ...own }), '-append')
    t.match(parameters({ cpus: 1 }), / tsc=reliable nolapic_timer noreplace-smp /)
    t.match(parameters({ cpus: 2 }), / tsc=reliable /)
    t.notMatch(parameters({ cpus: 2 }), /nolapic_timer|noreplace-smp/)
    t.match(parameters({ tscKhz: 2_500_000 }), / tsc_early_khz=2500000 /)
    t.notMatch(parameters({}), /tsc_early_khz/, 'when the rate is unknown')
    const hardware: Hardware = { ...LEAST, pci: true }
    t.match(parameters({ cpus: 1, hardware }), / tsc=reliable noreplace-smp /, 'ACPI has no PIT')
    for (const cpus of [1, 2]) {
      const kvm = parameters({ cpus, accelerator: 'kvm', tscKhz: 2_500_000 })
      t.notMatch(kvm, /nolapic_timer|noreplace-smp|tsc/, 'KVM needs none of it')
    }
    t.end()
  },
)

void t.test('the command line names no file of the harness', t => {
  const args = argumentsOf(spec)
  t.notOk(args.some(word => word.includes('/cache') || word.includes('unix:')))
  t.end()
})

void t.test('a restored machine boots no kernel, and its writes stay private', t => {
  const args = qemuArguments(spec, {
    memory: { path: inherited(5), shared: false },
    channels: harnessChannels,
  })
  for (const flag of ['-kernel', '-initrd', '-append']) t.notOk(args.includes(flag))
  t.match(after(args, '-object'), /memory-backend-file,id=memory,size=256M,.*share=off/)
  t.match(after(args, '-M'), /memory-backend=memory/)
  t.end()
})

void t.test('a shell splits the copyable command line into the same words', t => {
  const line = commandLineByHand(['/opt/my qemu/qemu'], spec)
  const words = execFileSync('sh', ['-c', `printf '%s\\n' ${line}`], { encoding: 'utf8' })
    .trimEnd()
    .split('\n')
  t.equal(words[0], '/opt/my qemu/qemu')
  t.equal(after(words, '-kernel'), '/cache/it is/vmlinux')
  t.equal(after(words, '-serial'), 'mon:stdio')
  t.notOk(line.includes('fd='), 'nothing inherited')
  t.end()
})

void t.test('a machine has what its spec says, and nothing else', t => {
  t.match(after(argumentsOf(spec), '-M'), /,acpi=off$/)
  t.notOk(argumentsOf(spec).some(word => word.includes('blk')))
  const having = (hardware: Partial<Hardware>) =>
    qemuArguments(
      { ...spec, hardware: { ...LEAST, ...hardware } },
      { boot, disks: ['/proc/self/fd/7', '/proc/self/fd/8'], channels: harnessChannels },
    )
  t.match(after(having({ acpi: true }), '-M'), /,acpi=on$/)
  t.match(after(having({ pci: true }), '-M'), /,acpi=on,pcie=on$/, 'which only ACPI describes')
  const disks = having({ disksMiB: [64, 128] })
  t.match(after(disks, '-blockdev'), /^node-name=disk0,.*filename=\/proc\/self\/fd\/7$/)
  t.ok(disks.includes('virtio-blk-device,drive=disk1,serial=disk1'))
  const pc = having({ board: 'q35', disksMiB: [64] })
  t.match(after(pc, '-M'), /^q35,/)
  t.same(
    pc.filter(word => word.startsWith('virtio-')).map(word => word.split(',')[0]),
    ['virtio-net-pci', 'virtio-rng-pci', 'virtio-blk-pci'],
    'a PC has no other bus',
  )
  const hardware = { ...LEAST, disksMiB: [64] }
  // null-co takes no suffix.
  t.match(commandLineByHand(['qemu'], { ...spec, hardware }), /driver=null-co,.*,size=67108864 /)
  t.end()
})
