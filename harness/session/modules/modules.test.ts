import { execFileSync } from 'node:child_process'
import { basename, join } from 'node:path'
import t from 'tap'
import { CallTimeout, SyscallError, type Guest, type Process } from '../../guest/index.js'
import { Modules } from './modules.js'

/** A module of the kernel that the project's need. */
const bsg = { name: 'bsg', depends: [], isNeeded: true, isRequested: false, file: '/bsg.ko' }

/** An object whose init has 16 bytes. */
const folder = t.testdir({ 'ring.s': '.section .init.text,"ax"\n.zero 16\n' })
const object = join(folder, 'ring.o')
execFileSync('gcc', ['-c', join(folder, 'ring.s'), '-o', object])
const source = (name: string) => ({ name, sources: [], debugKo: object })

/** Modules in a guest that loads each to the next of these addresses; without, it refuses. */
function loading(...addresses: readonly string[]) {
  const left = [...addresses]
  const given: string[] = []
  const there: string[] = []
  let [init, opened, lines] = ['', '', '']
  let refusal = 8
  const process = {
    within: () => process,
    open: async (path: string) => {
      opened = path
      return { close: async () => undefined }
    },
    finitModule: async (_: unknown, parameters: string) => {
      const next = left.shift()
      if (next === undefined)
        throw new SyscallError('finit_module', ['3', '"): ENOENT (no)"'], refusal)
      init = next
      given.push(parameters)
      there.unshift(basename(opened, '.ko'))
    },
    deleteModule: async (name: string) => void given.push(`-${name}`),
  } as unknown as Process
  const guest = {
    log: { last: 0, barrier: async () => 0, since: () => [] },
    readBytes: () => Promise.reject(new Error('gone')),
    readFile: async (path: string) => {
      if (path === '/proc/modules')
        return lines || there.map(name => `${name} 1 0 - Live 0x0\n`).join('')
      if (!path.endsWith('/.init.text')) throw new SyscallError('open', [path], 2)
      return `${init}\n`
    },
  } as unknown as Guest
  const parameters = { ring: { size: 4, name: 'a' } }
  const modules = new Modules(process, guest, {
    modules: [source('ring'), source('user'), source('my_drv')],
    warnings: [],
    firmware: { named: ['fw'], missing: { ring: ['a.bin'] } },
    project: { configFile: join(folder, 'modprove.config.json'), parameters },
    atBoot: [],
    kernelModules: [
      bsg,
      { name: 'mc', depends: [], file: '', isNeeded: false, isRequested: true },
      { name: 'videodev', depends: ['mc'], file: '', isNeeded: false, isRequested: true },
    ],
  })
  /** `given`: the parameters of each load, and what is unloaded; `show` is for /proc/modules. */
  const refuseWith = (errno: number) => (refusal = errno)
  return { modules, given, show: (text: string) => (lines = text), refuseWith }
}

t.test('every place of a module is remembered, once, and the last is the first', async t => {
  const { modules } = loading('0xa0', '0xb0', '0xa0')
  for (const name of ['ring', 'ring', 'ring']) await modules.load({ name })
  const at = (address: bigint) => {
    const size = 16
    return { module: 'ring', section: '.init.text', address, size }
  }
  t.strictSame(modules.sections, [at(0xa0n), at(0xb0n)])
})

t.test('a module may be written with dashes, as for modprobe', async t => {
  const { given, modules } = loading('0xa0')
  const module = { name: 'my-drv', parameters: { a: 1 } }
  await modules.load(module)
  t.strictSame(given, ['a=1'])
  t.equal(modules.path('my-drv'), '/lib/modprove/my_drv.ko')
  t.ok(modules.match(['my_drv'], [module]))
  t.match(modules.sections, [{ module: 'my_drv' }])
})

t.test('a load by hand that fails has the module’s name', async t => {
  const message =
    /^finit_module\(3<\/lib\/modprove\/user.ko>, .*: the kernel logged nothing about it$/
  await t.rejects(loading().modules.load({ name: 'user' }), { code: 'ENOEXEC', message })
})

t.test('of a module that is loaded already, that is said, and not that its init fails', async t => {
  const EEXIST = 17
  const { modules, show, refuseWith } = loading()
  refuseWith(EEXIST)
  const asked = modules.load({ name: 'user' })
  await t.rejects(asked, { message: /nothing about it$/ })
  show('user 1 0 - Live 0x0\n')
  const again = modules.load({ name: 'user' })
  await t.rejects(again, { message: /nothing about it\. user is loaded already$/ })
})

t.test('a load by hand of what was not built is refused before the kernel is asked', async t => {
  const { modules, given } = loading('0x1000')
  const refused = { code: 'MODULE_DOES_NOT_LOAD', message: 'No module rings was built' }
  await t.rejects(modules.load({ name: 'rings' }), refused)
  t.strictSame(given, [])
})

t.test('a load by hand of what names no module says how it is written', async t => {
  const { modules, given } = loading('0x1000')
  const message = /^guest\.modules\.load\(\) takes an object such as { name: 'ring' }/
  for (const module of ['rings', { nam: 'rings' }, undefined]) {
    const asked = modules.load(module as unknown as { name: string })
    await t.rejects(asked, { code: 'SUITE_OPTIONS', message })
  }
  t.strictSame(given, [])
})

t.test('of a module that does not load, the firmware is named that no guest has', async t => {
  const advice =
    /ring requests a\.bin, which no guest has\. .*: "guest": { "firmware": \["fw","firmware"\] }$/
  await t.rejects(loading().modules.load({ name: 'ring' }), { message: advice })
  const replacing = loading().modules.replace([{ name: 'ring' }])
  t.match(await replacing.catch((error: unknown) => error), { remedy: advice })
})

t.test('the number of the error says why a module does not load', async t => {
  const code = 'MODULE_DOES_NOT_LOAD'
  const message = 'insmod user npages=4 fails: ENOEXEC (Exec format error)'
  const wanted = [{ name: 'user', parameters: { npages: 4 } }]
  await t.rejects(loading().modules.replace(wanted), { code, message })
})

t.test(
  'a module is loaded with the configuration’s parameters, where a suite says none',
  async t => {
    const { given, modules } = loading('0xa0', '0xb0', '0xc0')
    await modules.load({ name: 'ring' })
    await modules.load({ name: 'ring', parameters: { size: 8, depth: 2 } })
    await modules.load({ name: 'user' })
    t.strictSame(given, ['size=4 name=a', 'size=8 name=a depth=2', ''])
  },
)

t.test('modules that are loaded with them need not be loaded again', async t => {
  const { modules } = loading('0xa0')
  await modules.load({ name: 'ring' })
  t.ok(modules.match(['ring'], [{ name: 'ring' }]))
  t.ok(modules.match(['ring'], [{ name: 'ring', parameters: { size: 4 } }]))
  t.notOk(modules.match(['ring'], [{ name: 'ring', parameters: { size: 8 } }]))
})

t.test('a module of the kernel that a suite has loaded is not loaded for another', async t => {
  const { given, modules } = loading('0xa0', '0xb0')
  await modules.replace([{ name: 'mc' }, { name: 'videodev' }])
  t.equal(given.length, 2)
  t.strictSame(await modules.loaded(), ['mc', 'videodev'], 'and stays one of the suite')
})

t.test('a load that does not end is given up once, with its file', async t => {
  const limits: number[] = []
  const stuck = new CallTimeout('finit_module(3)', 45_000)
  const file = { close: () => new Promise(() => undefined) }
  const process = {
    within: (ms: number) => (limits.push(ms), process),
    open: async () => file,
    finitModule: () => Promise.reject(stuck),
  } as unknown as Process
  const hanging = new Modules(process, { log: {} } as Guest, {
    modules: [source('ring')],
    warnings: [],
    firmware: { named: [], missing: {} },
    kernelModules: [],
    atBoot: [],
    project: { configFile: '', parameters: {} },
  })
  await t.rejects(hanging.load({ name: 'ring' }), stuck)
  t.ok(limits.every(ms => ms >= 45_000))
})

t.test('a module of the kernel that has no exit function stays, and is no error', async t => {
  const { modules, given, show } = loading('0xa0')
  await modules.loadNeeded()
  show('bsg 16384 0 [permanent], Live 0xa0\n')
  await modules.unloadNeeded()
  t.strictSame(given, [''], 'the kernel is not asked')
  t.strictSame(await modules.loaded(), [], 'nor does a suite have to know of it')
  show('bsg 16384 0 - Live 0xa0\n')
  await modules.unloadNeeded()
  t.strictSame(given, ['', '-bsg'])
})
