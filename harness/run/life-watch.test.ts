import t from 'tap'
import { GuestSilent, LifeWatch, type Life } from './life-watch.js'

const alive: Life = { pingAnswered: true, connection: 'open' }
const dead: Life = { pingAnswered: false, connection: 'open' }

t.test('a guest that stops answering is given up; until then it is asked again', async t => {
  const answers = [dead]
  const watch = new LifeWatch(async () => answers.shift() ?? alive, 1)
  await t.rejects(watch.silent, GuestSilent)
})

t.test('what is asked already is not asked twice', async t => {
  let asked = 0
  let tell: (life: Life) => void = () => undefined
  const ask = () => {
    asked += 1
    return new Promise<Life>(resolve => (tell = resolve))
  }
  const watch = new LifeWatch(ask, 1)
  const [first, second] = [watch.answer(), watch.answer()]
  tell(dead)
  t.strictSame(await Promise.all([first, second]), [dead, dead])
  t.equal(asked, 1)
  await t.rejects(watch.silent, GuestSilent)
})

t.test('a test that ended, or whose connection was lost, is not given up for silence', async t => {
  for (const [life, ends] of [
    [dead, true],
    [{ pingAnswered: false, connection: 'lost' }, false],
  ] as const) {
    const watch = new LifeWatch(async () => life, 1)
    let fired = false
    watch.silent.catch(() => (fired = true))
    if (ends) watch.end()
    await watch.answer()
    await new Promise(resolve => setTimeout(resolve, 50))
    t.notOk(fired)
    watch.end()
  }
})
