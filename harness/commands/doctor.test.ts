import { execFile } from 'node:child_process'
import { chmod, cp, mkdir, writeFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../platform/files/package-root.js'
import { privateFolder } from '../platform/files/private-folder.js'
import { fakeQemu } from '../vm/fake-qemu.fixture.js'
import { toyKernel, type ToyEnding } from '../vm/toy-kernel.js'
import { hostChecks, size, type Check } from './host-checks.js'
import { kvmFacts } from './kvm-facts.js'
import { machineChecks } from './machine-checks.js'

const { signal } = new AbortController()

/** What `modprove doctor` prints in a checkout without npm packages. */
async function doctorWithoutPackages(env: NodeJS.ProcessEnv) {
  // Elsewhere than in this checkout, whose packages Node would find.
  await using root = await privateFolder({ TMPDIR: '/tmp' })
  const isPlain = (path: string) => ['', '.js', '.json'].includes(extname(path))
  await cp(join(packageRoot, 'harness'), join(root.path, 'harness'), {
    recursive: true,
    filter: isPlain,
  })
  await cp(join(packageRoot, 'package.json'), join(root.path, 'package.json'))
  // As /usr/share/nodejs of Debian, which has packages of other versions.
  const elsewhere = join(root.path, 'share/nodejs')
  await mkdir(join(elsewhere, 'tap'), { recursive: true })
  await writeFile(join(elsewhere, 'tap/package.json'), '{}')
  const own = { MODPROVE_CACHE: join(root.path, 'cache'), TMPDIR: root.path, NODE_PATH: elsewhere }
  return await new Promise<{ code: unknown; stdout: string; stderr: string }>(resolve =>
    execFile(
      process.execPath,
      [join(root.path, 'harness/cli/modprove.js'), 'doctor'],
      { env: { ...own, ...env } },
      (error, stdout, stderr) => resolve({ code: error?.code, stdout, stderr }),
    ),
  )
}

const named = (checks: readonly Check[], what: RegExp): Check =>
  checks.find(check => what.test(check.what)) ?? { state: 'good', what: 'is not among them' }

void t.test('doctor reports what is missing without npm packages', async t => {
  const { code, stdout, stderr } = await doctorWithoutPackages({ PATH: '/nowhere' })
  t.equal(code, 3, stderr)
  t.match(stdout, /^✗ npm packages are missing: none is there\n {4}→ make setup$/m)
  t.match(stdout, /^✗ qemu-system-x86_64 is missing \(the machines\)\n {4}→ apt-get install qemu/m)
  t.match(stdout, /^✗ gcc is missing/m)
  t.match(stdout, /^. [\d.]+ GiB free in .*\/cache$/m)
  t.match(stdout, /^! no machine was tried: that needs the npm packages$/m)
})

void t.test('existing programs are found, except a broken compiler', async t => {
  const folder = t.testdir({ 'package.json': '{"dependencies":{"a":"1","b":"1"}}' })
  await mkdir(join(folder, 'node_modules/a'), { recursive: true })
  await writeFile(join(folder, 'node_modules/a/package.json'), '{}')
  await cp(
    join(packageRoot, 'harness/builder/requirements.json'),
    join(folder, 'harness/builder/requirements.json'),
  )
  for (const tool of ['gcc', 'make']) {
    await writeFile(
      join(folder, tool),
      '#!/bin/sh\nprintf "gcc\\033[31m 12\\n"; exit ${BROKEN:-0}\n',
    )
    await chmod(join(folder, tool), 0o755)
  }
  const env = { PATH: folder, MODPROVE_CACHE: join(folder, 'cache') }
  const checks = await hostChecks(folder, env)
  t.match(named(checks, /^npm/), { state: 'fail', what: 'npm packages are missing: b' })
  t.match(named(checks, /^make/), { state: 'good', what: 'make: there' })
  t.match(named(checks, /gcc/), { state: 'good', what: 'gcc: gcc?[31m 12' })
  t.match(named(checks, /^qemu/), { state: 'fail', remedy: 'apt-get install qemu-system-x86' })
  const other = await hostChecks(folder, { ...env, MODPROVE_QEMU: '/opt/qemu' })
  t.match(named(other, /^qemu/), { what: 'is not among them' }, 'one that is named is not sought')
  await writeFile(join(folder, 'gcc'), '#!/bin/sh\nexit 1\n')
  t.match(named(await hostChecks(folder, env), /gcc/), {
    state: 'fail',
    what: `${folder}/gcc --version does not work`,
  })
  const unusable = await hostChecks(folder, { ...env, MODPROVE_CACHE: join(folder, 'gcc') })
  t.match(named(unusable, /gcc cannot be used/), { state: 'fail', remedy: /MODPROVE_CACHE/ })
})

void t.test('sizes have one unit', async t => {
  t.same([2 ** 42, 2 ** 31, 2 ** 24].map(size), ['4096.0 GiB', '2.0 GiB', '0.02 GiB'])
})

void t.test('a QEMU that works has started a machine, and one that does not says why', async t => {
  t.teardown(() => delete process.env['MODPROVE_QEMU'])
  process.env['MODPROVE_CACHE'] = t.testdir()
  const states = async () => (await machineChecks(signal)).map(({ state, what }) => [state, what])
  t.match((await states()).slice(-2), [
    ['good', /^a machine booted, .* restored in .* \(tcg, qemu64-v1/],
    ['good', 'no Linux was booted: none is built yet'],
  ])

  process.env['MODPROVE_QEMU'] = await fakeQemu(t, 'exit 1')
  t.match(await states(), [['fail', /--version ended with status 1/]])

  const speaks = '[ "$1" = --version ] && echo QEMU emulator version 9.9 && exit'
  process.env['MODPROVE_QEMU'] = await fakeQemu(t, `${speaks}; echo 'no microvm' >&2; exit 1`)
  t.match(await states(), [
    ['good', 'QEMU: QEMU emulator version 9.9'],
    ['slow', /KVM does not run guests/],
    ['fail', /^a machine could not be started.*\n {4}no microvm$/],
    ['good', /^no Linux/],
  ])
})

void t.test('asked about KVM, doctor tells the facts, and fails without it', async t => {
  process.env['MODPROVE_CACHE'] = t.testdir()
  const [, kvm] = await machineChecks(signal, true)
  t.match(kvm, kvm?.state === 'good' ? {} : { state: 'fail', what: /^KVM does not run guests/ })
  const [processor, flags, kernel, parameters, device] = (await kvmFacts()).map(({ what }) => what)
  t.match(
    processor,
    /^processor: .*, stepping \d.*, address sizes \d.*(VT-x|no vmx), (AMD-V|no svm)/,
  )
  t.match(flags, /^its flags: .*\bfpu\b/)
  t.match(kernel, /^Linux \d+\.\S* on .+, clock [\w-]+; /)
  t.match(parameters, /^kvm: (not loaded|kvm\.\w+=)/)
  t.match(device, /^\/dev\/kvm: (missing|mode \d+, user \d+, group \d+; this is user \d+)/)
})

void t.test(
  'a kernel that is built is booted and restored, and one that does not boot fails',
  async t => {
    const cache = t.testdir({ initramfs: { 'base-0': { 'base.cpio': 'none' } } })
    process.env['MODPROVE_CACHE'] = cache
    const kernel = join(cache, 'kernels/6.1.9-1-plain-0')
    await mkdir(kernel, { recursive: true })
    await writeFile(join(kernel, 'value.json'), '{"release":"6.1.9"}')
    const linux = async (text: string, ending: ToyEnding) => {
      await writeFile(join(kernel, 'vmlinux'), toyKernel(text, ending))
      return (await machineChecks(signal)).at(-1)
    }
    t.match(
      await linux(
        'clocksource: Switched to clocksource kvm-clock\r\nmodprove: ready\r\nmodprove: alive ',
        'answers',
      ),
      {
        state: 'good',
        what: /^Linux 6\.1\.9 of the cache booted in .* s, and answered .* after a restore \(tcg, clock kvm-clock\)$/,
      },
    )
    t.match(await linux('Oops\r\n', 'resets'), {
      state: 'fail',
      what: /the guest did not boot.*\n.*\n {4}Oops$/,
      remedy: /^the cause may be this QEMU/,
    })
  },
)
