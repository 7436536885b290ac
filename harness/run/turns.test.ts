import t from 'tap'
import { Turns } from './turns.js'

void t.test('as many work as there are turns, in the order they asked', async t => {
  const turns = new Turns(2)
  const order: string[] = []
  const take = (name: string) => turns.take().then(() => order.push(name))
  await Promise.all([take('a'), take('b')])
  const rest = Promise.all([take('c'), take('d')])
  await Promise.resolve()
  t.same(order, ['a', 'b'])
  turns.give()
  turns.give()
  await rest
  t.same(order, ['a', 'b', 'c', 'd'])
})

void t.test(
  'who comes back from a rest is not kept waiting, and nobody else starts before there is room',
  async t => {
    const turns = new Turns(1)
    await turns.take()
    turns.give()
    await turns.take()
    turns.takeAtOnce()
    let started = false
    const next = turns.take().then(() => (started = true))
    turns.give()
    await new Promise(resolve => setImmediate(resolve))
    t.equal(started, false, 'one is still at work')
    turns.give()
    await next
    t.equal(started, true)
  },
)
