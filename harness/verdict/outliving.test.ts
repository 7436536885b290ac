import t from 'tap'
import { outlivingThread, readKernelThread, readOutlivingTimers } from './outliving.js'

void t.test('which processes are kernel threads of somebody', t => {
  const thread = { pid: 70, comm: 'ring_thread' }
  t.strictSame(readKernelThread('70 (ring_thread) I 2 0 0 0 -1 2138176 0'), thread)
  t.match(readKernelThread('71 (a) R 1) S 2 0 0 0'), { comm: 'a) R 1' }, 'as it calls itself')
  t.match(readKernelThread('72 (kworker/R-ring) I 2 0 0 0'), { pid: 72 }, 'a rescuer')
  t.equal(readKernelThread('73 (kworker/0:1H-kblockd) I 2 0 0 0'), undefined, 'of a pool')
  t.equal(readKernelThread('74 (sh) S 55 74 74 0'), undefined, 'a process')
  t.equal(readKernelThread(''), undefined, 'one that has ended')
  t.end()
})

void t.test('a thread that outlives the modules is told with its stack', t => {
  const stack = '[<0>] msleep+0x29/0x40\n[<0>] 0xffffffffa0002010\n[<0>] kthread+0xd3/0xf0\n'
  const finding = outlivingThread({ pid: 70, comm: 'ring/7', stack }, 12)
  t.match(finding, {
    kind: 'left-behind',
    title: 'kernel thread ring/N outlives the modules',
    task: { comm: 'ring/7', pid: 70 },
    firstSequence: 12,
  })
  t.strictSame(
    finding.frames.map(frame => frame.function),
    ['msleep', 'kthread'],
  )
  t.end()
})

/** As 6.1 prints it (kernel/time/timer_list.c). */
const list = (name: string): string => `active timers:
 #0: <00000000970f28d8>, tick_sched_timer, S:01
 # expires at 3612000000-3612000000 nsecs [in 2713392 to 2713392 nsecs]
 #1: <0000000058997c82>, ${name}, S:01
 # expires at 603625927199-603625927199 nsecs [in 598634741479 to 598634741479 nsecs]
`

void t.test('a timer whose function is in no module any more', t => {
  t.strictSame(readOutlivingTimers(list('ring_tick [ring]'), 3), [])
  const [finding, ...others] = readOutlivingTimers(list('0xffffffffa0000123'), 3)
  t.match(finding, { kind: 'left-behind', title: /^an hrtimer outlives its module/ })
  t.match(finding?.text, /0xffffffffa0000123[^]*598634741479 to/)
  t.strictSame(others, [])
  t.end()
})
