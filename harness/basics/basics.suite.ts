import {
  growingMemory,
  memoryInUse,
  O_CLOEXEC,
  O_NONBLOCK,
  O_RDONLY,
  suite,
  sweepLoad,
  sweepUnload,
  withQuietConsole,
  type MemoryInUse,
  type Test,
  type TestGuest,
  type TestOptions,
} from 'modprove'
import { BUILDS, LEAVE_NOTHING, LOADS_AND_UNLOADS } from '../contract/test-names.js'

/** Letters by bit: Documentation/admin-guide/tainted-kernels.rst */
const TAINTS = [...'PFSRMBUDAWCIOELKXTN']
// Reported once, by the test of taints.
const test = suite('basics: the modules build, load, unload and leave nothing', { taints: TAINTS })

const FAULTS = { needs: { flavours: ['debug'] }, timeoutMs: 900_000 }
const ROUNDS = 3
/** In each round more than the objects and pages by which memory grows without a leak. */
const LOADS = ROUNDS * 64
/** Some modules take seconds to load or unload. */
const LOADS_MS = 900_000
/** Of code from out of its tree: outside it, and without a signature. */
const OUT_OF_TREE = ['O', 'E']

test(BUILDS, (t, guest) => {
  const { warnings } = guest.modules
  for (const warning of warnings) {
    const [first = '', ...rest] = warning.split('\n')
    t.fail(first, { detail: rest.join('\n') })
  }
  if (warnings.length === 0) t.pass('no warning')
})

test(LOADS_AND_UNLOADS, async (t, guest) => {
  await load(guest)
  t.strictSame(await guest.modules.loaded(), guest.modules.built, 'loaded')
  await unload(guest)
  t.strictSame(await guest.modules.loaded(), [], 'unloaded')
})

test(LEAVE_NOTHING, { needs: { passed: [LOADS_AND_UNLOADS] } }, async (t, guest) => {
  let left = await guest.leftByModules()
  // What is left already would speak against the next load, too.
  if (left.length === 0) {
    await load(guest)
    await unload(guest)
    // A timer or a thread that outlives its module crashes a moment later.
    if (await runsLater(guest)) await guest.exec(['sleep', '3'])
    left = await guest.leftByModules()
  }
  t.ok(left.length === 0, left.length === 0 ? 'nothing is left' : `still there: ${left.join('; ')}`)
})

testOfLoading('the modules load with each parameter at its default', {}, async (t, guest) => {
  await load(guest)
  const { built } = guest.modules
  const defaults = await Promise.all(built.map(name => parametersOf(guest, name)))
  await unload(guest)
  for (const [index, name] of built.entries()) {
    for (const [parameter, value] of Object.entries(defaults[index] ?? {})) {
      await loadWith(guest, name, parameter, value)
      await guest.modules.unload(name)
      t.pass(`${name} ${parameter}=${value}`)
    }
    await guest.modules.load({ name })
  }
  await unload(guest)
  t.pass('with none')
})

testOfLoading(
  'the modules taint the kernel only as code from out of its tree',
  {},
  async (t, guest) => {
    await load(guest)
    const mask = Number(await guest.readFile('/proc/sys/kernel/tainted'))
    const set = TAINTS.filter((letter, bit) => (mask & (1 << bit)) !== 0)
    const others = set.filter(letter => letter !== 'P' && !OUT_OF_TREE.includes(letter))
    const licences = new Set<string>()
    for (const name of guest.modules.built)
      for (const licence of (await guest.modules.info(name)).get('license') ?? []) {
        const source = await guest.modules.sourceOf(name)
        licences.add(source === undefined ? licence : `${licence}, in ${source}`)
      }
    if (set.includes('P'))
      t.fail(
        `a MODULE_LICENSE is not compatible with the kernel's (P): ${[...licences].join('; ')}`,
      )
    if (others.length > 0)
      t.fail(`tainted with ${others.join(', ')}: see Documentation/admin-guide/tainted-kernels.rst`)
    t.pass(set.length === 0 ? 'no taint' : `tainted: ${set.join(', ')}`)
  },
)

test('each module names its licence and says what it is', async (t, guest) => {
  for (const name of guest.modules.built) {
    const info = await guest.modules.info(name)
    const source = await guest.modules.sourceOf(name)
    const where = source === undefined ? '' : `: add it to ${source}`
    for (const field of ['license', 'description']) {
      const macro = `MODULE_${field.toUpperCase()}`
      const isThere = info.get(field)?.[0] !== undefined
      t.ok(isThere, isThere ? `${name} has a ${macro}` : `${name} has no ${macro}${where}`)
    }
  }
})

testOfLoading(
  `loaded and unloaded ${LOADS} times, the modules leave no memory`,
  { needs: { flavours: ['plain'] }, timeoutMs: LOADS_MS },
  async (t, guest) => {
    // What the first load leaves for good is no leak, and one that fails is reported as everywhere.
    await load(guest)
    await unload(guest)
    const user = await guest.process()
    const names = guest.modules.built
    const files = await Promise.all(
      names.map(async name => ({
        file: await user.open(guest.modules.path(name), O_RDONLY | O_CLOEXEC),
        parameters: guest.modules.parameters({ name }),
      })),
    )
    const readings: MemoryInUse[] = []
    await withQuietConsole(guest, async () => {
      for (let round = 0; round < ROUNDS; round++) {
        for (let count = 0; count < LOADS / ROUNDS; count++) {
          for (const { file, parameters } of files) await user.finitModule(file, parameters)
          for (const name of names.toReversed()) await user.deleteModule(name, O_NONBLOCK)
        }
        readings.push(await memoryInUse(guest))
      }
    })
    const growing = growingMemory(readings)
    const loads = `in rounds of ${LOADS / ROUNDS} loads`
    if (growing.length === 0) t.pass(`no memory grows ${loads}`)
    for (const line of growing) t.fail(`memory grows ${loads}: ${line}`)
  },
)

testOfLoading('a load fails cleanly at each of its allocations', FAULTS, async (t, guest) => {
  for (const name of guest.modules.built) {
    await sweepLoad(t, guest, name, ['ENOMEM', 'EFAULT', 'EINVAL'])
    // What a failed load left would speak against the next one.
    if (!t.passing()) return
    await guest.modules.load({ name })
  }
  await unload(guest)
})

testOfLoading('an unload does its work though allocations fail', FAULTS, async (t, guest) => {
  for (const name of guest.modules.built) {
    await sweepUnload(t, guest, name)
    await guest.modules.load({ name })
  }
  await unload(guest)
})

/** A test that would fail, too, where the modules do not load, unload, and leave nothing. */
function testOfLoading(
  name: string,
  options: TestOptions,
  body: (t: Test, guest: TestGuest) => Promise<void>,
): void {
  const needs = { ...options.needs, passed: [LOADS_AND_UNLOADS, LEAVE_NOTHING] }
  test(name, { ...options, needs }, body)
}

/** How the symbols begin by which a module has something run later. */
const LATER = /\0(?:add_timer|mod_timer|hrtimer_start|queue_(?:delayed_)?work|kthread_|call_rcu)/

async function runsLater(guest: TestGuest): Promise<boolean> {
  const objects = guest.modules.built.map(name => guest.readBytes(guest.modules.path(name)))
  return (await Promise.all(objects)).some(ko => LATER.test(ko.toString('latin1')))
}

async function load(guest: TestGuest): Promise<void> {
  for (const name of guest.modules.built) await guest.modules.load({ name })
}

async function unload(guest: TestGuest): Promise<void> {
  for (const name of guest.modules.built.toReversed()) await guest.modules.unload(name)
}

/** @throws Error that names the parameter, if the module refuses it or crashes when it is set */
async function loadWith(
  guest: TestGuest,
  name: string,
  parameter: string,
  value: string,
): Promise<void> {
  try {
    await guest.modules.load({ name, parameters: { [parameter]: value } })
  } catch (error) {
    const { code = '', syscall } = error as { code?: string; syscall?: string }
    const shown = `/sys/module/${name}/parameters/${parameter}`
    const what =
      code === 'TASK_ENDED'
        ? 'cannot be set when the module loads: its kernel_param_ops may have no .set, which the kernel calls all the same'
        : `refuses ${value} (${code}), which ${shown} shows as its default`
    if (code !== 'TASK_ENDED' && syscall !== 'finit_module') throw error
    throw new Error(`parameter ${parameter} of ${name} ${what}`, { cause: error })
  }
}

/** Parameters of a loaded module that sysfs shows and lets read, with their values. */
async function parametersOf(guest: TestGuest, module: string): Promise<Record<string, string>> {
  const folder = `/sys/module/${module}/parameters`
  const { stdout } = await guest.exec(`find ${folder} -type f -perm -u=r 2>/dev/null; true`)
  const found: Record<string, string> = {}
  for (const path of stdout.split('\n').filter(line => line !== '')) {
    const value = (await guest.readFile(path)).trim()
    // A string that is not set; and what must be written in another form than it is read.
    if (value !== '' && value !== '(null)' && !/[\s"]/.test(value))
      found[path.slice(folder.length + 1)] = value
  }
  return found
}
