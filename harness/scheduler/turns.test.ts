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

void t.test('who comes back from a rest goes before all who have not begun', async t => {
  const turns = new Turns(1)
  const order: string[] = []
  await turns.take()
  const rest = Promise.all([
    turns.take().then(() => order.push('new')),
    turns.takeAgain().then(() => order.push('rested')),
    turns.takeAgain().then(() => order.push('rested later')),
  ])
  for (let count = 0; count < 3; count++) turns.give()
  await rest
  t.same(order, ['rested', 'rested later', 'new'])
})
