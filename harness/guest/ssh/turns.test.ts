import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { Turns } from './turns.js'

/** A dropbear with its bug, and commands that end soon after they began. */
function dropbear() {
  let [opening, held, running, most, deaths] = [0, 0, 0, 0, 0]
  const end = async (): Promise<void> => {
    await turn()
    while (held > 0) await turn()
    if (opening > 0) deaths += 1
    running -= 1
  }
  const begin = async () => {
    opening += 1
    running += 1
    most = Math.max(most, running)
    await turn()
    opening -= 1
    return { exited: end() }
  }
  const holdExits = async () => {
    held += 1
    return async () => void (held -= 1)
  }
  return { begin, holdExits, seen: () => ({ most, deaths }) }
}

void t.test('while a command begins none ends, and not too many run', async t => {
  const { begin, holdExits, seen } = dropbear()
  const turns = new Turns()
  const all = Array.from({ length: 200 }, () => turns.start(begin, holdExits))
  await Promise.all((await Promise.all(all)).map(({ exited }) => exited))
  t.strictSame(seen(), { most: 64, deaths: 0 })
})

void t.test('a command that runs alone asks for no lock', async t => {
  const { begin } = dropbear()
  const turns = new Turns()
  const refused = () => Promise.reject(new Error('asked'))
  for (let count = 0; count < 3; count += 1) await (await turns.start(begin, refused)).exited
  t.pass('three in turn')
})

void t.test('what still waits when the test ends does not begin', async t => {
  const { holdExits } = dropbear()
  const turns = new Turns()
  const forever = async () => ({ exited: new Promise(() => undefined) })
  const all = Array.from({ length: 65 }, () => turns.start(forever, holdExits))
  const last = t.rejects(Promise.all(all), { code: 'COMMAND_NOT_STARTED' })
  await turns.end()
  await last
  t.equal((await Promise.allSettled(all)).filter(({ status }) => status === 'fulfilled').length, 64)
})
