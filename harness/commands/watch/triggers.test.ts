import t from 'tap'
import { Triggers } from './triggers.js'

const never = new AbortController().signal

t.test('a change wakes who waits, and is taken once', async t => {
  const triggers = new Triggers()
  const woken = triggers.next(never)
  triggers.change(new Set(['/a.c']))
  triggers.change(new Set(['/b.c']))
  await woken
  t.strictSame(triggers.take(), { wanted: undefined, changed: new Set(['/a.c', '/b.c']) })
  t.notOk(triggers.isPending)
})

t.test('a trigger that came before the wait is not lost', async t => {
  const triggers = new Triggers()
  triggers.want('all')
  await triggers.next(never)
  t.strictSame(triggers.take(), { wanted: 'all', changed: new Set() })
})

t.test('a change that no run could take up comes with the next trigger', async t => {
  const triggers = new Triggers()
  triggers.change(new Set(['/a.c']))
  triggers.holdBack(triggers.take().changed)
  t.notOk(triggers.isPending)
  triggers.change(new Set(['/b.c']))
  t.strictSame(triggers.take().changed, new Set(['/a.c', '/b.c']))
  t.strictSame(triggers.take().changed, new Set())
})

t.test('an abort ends the wait', async t => {
  const triggers = new Triggers()
  await triggers.next(AbortSignal.abort())
  const quit = new AbortController()
  const waiting = triggers.next(quit.signal)
  quit.abort()
  await waiting
  t.notOk(triggers.isPending)
})

t.test('a trigger makes the results of the run that goes on worthless', async t => {
  const triggers = new Triggers()
  t.notOk(triggers.isRunning)
  await triggers.during(async outdated => {
    t.ok(triggers.isRunning)
    triggers.change(new Set(['/a.c']))
    t.ok(outdated.aborted)
    t.notOk(triggers.isRunning)
  })
  await t.rejects(triggers.during(() => Promise.reject(new Error('the disk is full'))))
  t.notOk(triggers.isRunning, 'it has ended')
})
