import t from 'tap'
import { Semaphore } from './semaphore.js'

void t.test('as many work as there are turns, in the order they asked', async t => {
  const turns = new Semaphore(2)
  const order: string[] = []
  const take = (name: string) => turns.acquire().then(() => order.push(name))
  await Promise.all([take('a'), take('b')])
  const rest = Promise.all([take('c'), take('d')])
  await Promise.resolve()
  t.same(order, ['a', 'b'])
  turns.release()
  turns.release()
  await rest
  t.same(order, ['a', 'b', 'c', 'd'])
})

void t.test('who gave a turn away goes before all who have not begun', async t => {
  const turns = new Semaphore(1)
  const order: string[] = []
  await turns.acquire()
  const rest = Promise.all([
    turns.acquire().then(() => order.push('new')),
    turns.reacquire().then(() => order.push('back')),
    turns.reacquire().then(() => order.push('back later')),
  ])
  for (let count = 0; count < 3; count++) turns.release()
  await rest
  t.same(order, ['back', 'back later', 'new'])
})
