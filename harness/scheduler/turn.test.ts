import t from 'tap'
import { Semaphore } from './semaphore.js'
import { Turn } from './turn.js'

void t.test('a turn that is given away is another’s until it is taken back, once', async t => {
  const turns = new Semaphore(1)
  await turns.acquire()
  let times = 0
  const turn = new Turn(turns, () => (times += 1))
  await turn.takeBack()
  t.equal(times, 0, 'it was never given away')

  turn.giveAway()
  await turns.acquire()
  let isBack = false
  const back = Promise.all([turn.takeBack(), turn.takeBack()]).then(() => (isBack = true))
  await new Promise(resolve => setImmediate(resolve))
  t.notOk(isBack, 'another job has it')
  turns.release()
  await back
  t.equal(times, 1)
})
