import t from 'tap'
import type { Guest, Process } from '../guest/index.js'
import { Modules } from './modules.js'

/** Modules of a guest that takes all, and the parameters that it was given. */
function toy() {
  const given: string[] = []
  const file = { [Symbol.asyncDispose]: () => Promise.resolve() }
  const process = {
    open: () => Promise.resolve(file),
    finitModule: (_: unknown, parameters: string) => Promise.resolve(given.push(parameters)),
  } as unknown as Process
  const guest = {
    readFile: () => Promise.resolve(''),
    log: { last: 0, barrier: () => Promise.resolve(), since: () => [] },
  } as unknown as Guest
  const parameters = { ring: { size: 4, name: 'a' } }
  return { given, modules: new Modules(process, guest, { modules: [], warnings: [], parameters }) }
}

void t.test(
  'a module is loaded with the configuration’s parameters, where a suite says none',
  async t => {
    const { given, modules } = toy()
    await modules.load({ name: 'ring' })
    await modules.load({ name: 'ring', parameters: { size: 8, depth: 2 } })
    await modules.load({ name: 'user' })
    t.strictSame(given, ['size=4 name=a', 'size=8 name=a depth=2', ''])
  },
)

void t.test('modules that are loaded with them need not be loaded again', async t => {
  const { modules } = toy()
  await modules.load({ name: 'ring' })
  t.ok(modules.match(['ring'], [{ name: 'ring' }]))
  t.ok(modules.match(['ring'], [{ name: 'ring', parameters: { size: 4 } }]))
  t.notOk(modules.match(['ring'], [{ name: 'ring', parameters: { size: 8 } }]))
})
