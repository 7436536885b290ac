import t from 'tap'
import type { Life } from './life.js'
import { LifeWatch } from './life-watch.js'

const alive: Life = { pingAnswered: true, connection: 'open' }
const dead: Life = { pingAnswered: false, connection: 'open' }

/** A guest that answers on demand; `asked` resolves when it is first asked. */
function slow() {
  let tell: (life: Life) => void = () => undefined
  let onAsked: () => void = () => undefined
  const asked = new Promise<void>(resolve => (onAsked = resolve))
  const answer = new Promise<Life>(resolve => (tell = resolve))
  const ask = () => {
    onAsked()
    return answer
  }
  return { ask, asked, tell }
}

t.test('a guest that stops answering is given up; until then it is asked again', async t => {
  const answers = [dead]
  const life = new LifeWatch(async () => answers.shift() ?? alive, 1)
  await t.rejects(life.watch.failed, { name: 'GuestSilent' })
})

t.test('what is asked already is not asked twice', async t => {
  let asked = 0
  const { ask, tell } = slow()
  const counted = () => {
    asked += 1
    return ask()
  }
  const life = new LifeWatch(counted, 1)
  const [first, second] = [life.answer(), life.answer()]
  tell(dead)
  t.strictSame(await Promise.all([first, second]), [dead, dead])
  t.equal(asked, 1)
  await t.rejects(life.watch.failed, { name: 'GuestSilent' })
})

t.test('a guest that answers on its console alone is given up', async t => {
  const life = new LifeWatch(async () => ({ pingAnswered: true, connection: 'lost' }), 1)
  await t.rejects(life.watch.failed, { name: 'GuestCutOff' })
})

const lost: Life = { pingAnswered: false, connection: 'lost' }

for (const [says, answer, ends] of [
  ['a test that ended meanwhile', dead, true],
  ['a test whose connection was lost', lost, false],
] as const) {
  t.test(`${says} is not given up for silence`, async t => {
    const { ask, asked, tell } = slow()
    const life = new LifeWatch(ask, 1)
    let fired = false
    life.watch.failed.catch(() => (fired = true))
    await asked
    if (ends) life.watch.end()
    tell(answer)
    await life.answer()
    await new Promise(resolve => setImmediate(resolve))
    t.notOk(fired)
    life.watch.end()
  })
}
