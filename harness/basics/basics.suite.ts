import {
  growingCaches,
  O_CLOEXEC,
  O_NONBLOCK,
  O_RDONLY,
  slabObjects,
  suite,
  sweepLoad,
  sweepUnload,
  withQuietConsole,
  type SlabObjects,
  type TestGuest,
} from 'modprove'

const test = suite('basics: the modules build, load, unload and leave nothing')

const FAULTS = { needs: { flavours: ['debug'] }, timeoutMs: 900_000 }
const ROUNDS = 3
/** In each round more than the objects by which caches grow without a leak. */
const LOADS = ROUNDS * 200
/** Letters O and E: Documentation/admin-guide/tainted-kernels.rst */
const OUT_OF_TREE = (1 << 12) | (1 << 13)

test('the modules build without a warning', (t, guest) => {
  t.strictSame(guest.modules.warnings, [])
})

test('the modules load and unload, twice', async (t, guest) => {
  for (const round of ['first', 'second']) {
    await load(guest)
    t.strictSame(await guest.modules.loaded(), guest.modules.built, `the ${round} load`)
    await unload(guest)
    t.strictSame(await guest.modules.loaded(), [], `the ${round} unload`)
  }
})

test('the modules load with each parameter at its default', async (t, guest) => {
  await load(guest)
  const defaults = await Promise.all(guest.modules.built.map(name => parametersOf(guest, name)))
  await unload(guest)
  for (const [index, name] of guest.modules.built.entries()) {
    for (const [parameter, value] of Object.entries(defaults[index] ?? {})) {
      await guest.modules.load({ name, parameters: { [parameter]: value } })
      await guest.modules.unload(name)
      t.pass(`${name} ${parameter}=${value}`)
    }
    await guest.modules.load({ name })
  }
  await unload(guest)
  t.pass('with none')
})

test('the modules taint the kernel only as code from out of its tree', async (t, guest) => {
  await load(guest)
  const taints = Number(await guest.readFile('/proc/sys/kernel/tainted')) & ~OUT_OF_TREE
  t.equal(taints, 0, 'taints of Documentation/admin-guide/tainted-kernels.rst, by bit')
})

test('each module names its licence and says what it is', async (t, guest) => {
  for (const name of guest.modules.built) {
    const info = await guest.modules.info(name)
    for (const field of ['license', 'description'])
      t.ok(info.get(field)?.[0], `${name}: MODULE_${field.toUpperCase()}("…")`)
  }
})

test(
  `loaded and unloaded ${LOADS} times, the modules leave no memory in slab caches`,
  { needs: { flavours: ['plain'] }, timeoutMs: 120_000 },
  async (t, guest) => {
    // What the first load leaves for good is no leak, and one that fails is told as everywhere.
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
    const caches: SlabObjects[] = []
    await withQuietConsole(guest, async () => {
      for (let round = 0; round < ROUNDS; round++) {
        for (let count = 0; count < LOADS / ROUNDS; count++) {
          for (const { file, parameters } of files) await user.finitModule(file, parameters)
          for (const name of names.toReversed()) await user.deleteModule(name, O_NONBLOCK)
        }
        caches.push(await slabObjects(guest))
      }
    })
    t.strictSame(growingCaches(caches), [])
  },
)

test('a load fails cleanly at each of its allocations', FAULTS, async (t, guest) => {
  for (const name of guest.modules.built) {
    await sweepLoad(t, guest, name, ['ENOMEM', 'EFAULT', 'EINVAL'])
    await guest.modules.load({ name })
  }
  await unload(guest)
})

test('an unload does its work though allocations fail', FAULTS, async (t, guest) => {
  for (const name of guest.modules.built) {
    await sweepUnload(t, guest, name)
    await guest.modules.load({ name })
  }
  await unload(guest)
})

async function load(guest: TestGuest): Promise<void> {
  for (const name of guest.modules.built) await guest.modules.load({ name })
}

async function unload(guest: TestGuest): Promise<void> {
  for (const name of guest.modules.built.toReversed()) await guest.modules.unload(name)
}

/** Parameters of a loaded module that sysfs shows, with their values. */
async function parametersOf(guest: TestGuest, module: string): Promise<Record<string, string>> {
  const folder = `/sys/module/${module}/parameters`
  const { stdout } = await guest.exec(`ls ${folder} 2>/dev/null; true`)
  const found: Record<string, string> = {}
  for (const name of stdout.split('\n').filter(line => line !== '')) {
    const value = (await guest.readFile(`${folder}/${name}`)).trim()
    // A string that is not set; and what must be written in another form than it is read.
    if (value !== '' && value !== '(null)' && !/[\s"]/.test(value)) found[name] = value
  }
  return found
}
