import t from 'tap'
import { SyscallError, type Guest, type Process } from '../guest/index.js'
import { Modules } from './modules.js'

/** Modules in a guest that loads each to the next of these addresses; without, it refuses. */
function loading(...addresses: readonly string[]): Modules {
  const left = [...addresses]
  let init = ''
  const process = {
    open: async () => ({ [Symbol.asyncDispose]: async () => undefined }),
    finitModule: async () => {
      const next = left.shift()
      if (next === undefined) throw new SyscallError('finit_module', ['3', '"): ENOENT (no)"'], 8)
      init = next
    },
  } as unknown as Process
  const guest = {
    log: { last: 0, barrier: async () => 0, since: () => [] },
    readFile: async (path: string) => {
      if (path === '/proc/modules') return ''
      if (!path.endsWith('/.init.text')) throw new SyscallError('open', [path], 2)
      return `${init}\n`
    },
  } as unknown as Guest
  return new Modules(process, guest, [])
}

t.test('every place of a module is remembered, once, and the last is the first', async t => {
  const modules = loading('0xa0', '0xb0', '0xa0')
  for (const name of ['ring', 'ring', 'ring']) await modules.load({ name })
  const at = (address: bigint) => ({ module: 'ring', section: '.init.text', address })
  t.strictSame(modules.sections, [at(0xa0n), at(0xb0n)])
})

t.test('why a module does not load is told by the number of its error', async t => {
  const code = 'MODULE_DOES_NOT_LOAD'
  const message = 'insmod ring npages=4 fails: ENOEXEC (Exec format error)'
  const wanted = [{ name: 'ring', parameters: { npages: 4 } }]
  await t.rejects(loading().replace(wanted), { code, message })
})
