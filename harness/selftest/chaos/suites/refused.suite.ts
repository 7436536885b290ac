import { suite } from 'modprove'
import type { TestGuest } from 'modprove'

const test = suite('modules that the kernel does not take')

/** Replaces a module by a copy in which a word is replaced by another of the same length. */
async function alter(guest: TestGuest, name: string, word: string, other: string): Promise<void> {
  const path = guest.modules.path(name)
  const file = await guest.readBytes(path)
  for (let at = file.indexOf(word); at >= 0; at = file.indexOf(word, at + 1)) file.write(other, at)
  await guest.upload(path, file)
}

test('an altered version magic', async (t, guest) => {
  await alter(guest, 'faulty', 'vermagic=', 'vermagic=9')
  t.pass('altered')
})

test('needs the module of another kernel', { modules: [{ name: 'faulty' }] }, t => {
  t.pass('never reached')
})

test('an altered symbol', async (t, guest) => {
  await alter(guest, 'faulty', 'misc_register', 'misc_registeX')
  t.pass('altered')
})

test('needs a module with an unknown symbol', { modules: [{ name: 'faulty' }] }, t => {
  t.pass('never reached')
})

test(
  'needs a module whose init fails',
  { modules: [{ name: 'moody', parameters: { init_error: 19 } }] },
  t => {
    t.pass('never reached')
  },
)

const misspelt = { name: 'moody', parameters: { exit_msec: 1 } }

test('needs a parameter that the module does not have', { modules: [misspelt] }, t => {
  t.pass('never reached')
})

test('loads a module with such a parameter', async (t, guest) => {
  await t.rejects(guest.modules.load(misspelt), { code: 'UNKNOWN_PARAMETER' })
  t.strictSame(await guest.modules.loaded(), [])
})

test('loads one by hand with such a parameter', async (t, guest) => {
  const { code } = await guest.exec(['insmod', guest.modules.path('moody'), 'exit_msec=1'])
  t.equal(code, 0)
})

test('needs one that loads', { modules: [{ name: 'moody' }] }, async (t, guest) => {
  t.match(await guest.readFile('/proc/modules'), /^moody /)
})
