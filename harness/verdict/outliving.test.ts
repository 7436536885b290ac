import t from 'tap'
import {
  outlivingEntries,
  outlivingThread,
  readKernelThread,
  readOutlivingTimers,
  whatIsLeft,
} from './outliving.js'

/** As 6.1 prints it; `flags` are those of include/linux/sched.h. */
const stat = (of: string, flags: number, parent = 2): string =>
  `${of} I ${parent} 0 0 0 -1 ${flags} 0 0 0 0 0 0 0 0 20 0 1 0 1234 0 0 18446744073709551615\n`
const KTHREAD = 0x00200040
const WORKER = KTHREAD | 0x20

void t.test('which processes are kernel threads of somebody', t => {
  const thread = { pid: 70, comm: 'ring_thread', ticks: 1234 }
  t.strictSame(readKernelThread(stat('70 (ring_thread)', KTHREAD)), thread)
  t.match(readKernelThread(stat('71 (a) R 1)', KTHREAD)), { comm: 'a) R 1' }, 'as it is named')
  t.match(readKernelThread(stat('72 (kworker/R-ring)', WORKER)), { pid: 72 }, 'a rescuer')
  t.match(readKernelThread(stat('72 (ring)', WORKER)), { pid: 72 }, 'a rescuer before 6.9')
  t.equal(readKernelThread(stat('73 (kworker/0:1H-kblockd)', WORKER)), undefined, 'of a pool')
  t.match(readKernelThread(stat('75 (kworker/0:7)', KTHREAD)), { pid: 75 }, 'only named so')
  t.equal(readKernelThread(stat('74 (sh)', 0x400040, 55)), undefined, 'a process')
  t.equal(readKernelThread(''), undefined, 'one that has ended')
  t.end()
})

void t.test('entries that were not there before, without what is in them', t => {
  const before = new Set(['/proc/version', '/dev/null', '/dev'])
  const after = ['/dev/null', '/dev', '/dev/ring0', '/proc/ring', '/proc/ring/1', '/proc/ring/2']
  const found = outlivingEntries(before, new Set(after), 5)
  t.match(found, [
    { kind: 'outliving', title: '/dev/ringN outlives the modules', text: '/dev/ring0' },
    { title: '/proc/ring outlives the modules', firstSequence: 5 },
  ])
  t.equal(found.length, 2)
  const many = new Set(Array.from({ length: 500 }, (_, at) => `/proc/${'a'.repeat(at + 1)}`))
  t.equal(outlivingEntries(before, many, 5).length, 50)
  t.end()
})

void t.test('a thread that outlives the modules is reported with its stack', t => {
  const stack = '[<0>] msleep+0x29/0x40\n[<0>] 0xffffffffa0002010\n[<0>] kthread+0xd3/0xf0\n'
  const finding = outlivingThread({ pid: 70, comm: 'ring/7', stack }, 12)
  t.match(finding, {
    kind: 'outliving',
    title: 'kernel thread ring/N outlives the modules',
    task: { comm: 'ring/7', pid: 70 },
    firstSequence: 12,
  })
  t.equal(whatIsLeft(finding), 'kernel thread ring/7 (pid 70)')
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
  t.match(finding, { kind: 'outliving', title: /^an hrtimer outlives its module/ })
  t.match(
    finding?.text,
    /^an hrtimer whose function is gone\n[^]*0xffffffffa0000123[^]*598634741479 to/,
  )
  t.strictSame(others, [])
  t.end()
})
