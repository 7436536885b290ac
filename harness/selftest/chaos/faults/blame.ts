import { SUITE_END } from '../../../contract/test-names.js'
import type { Fault } from '../fault.js'

export const blameFault: Fault = {
  row: 4,
  name: 'blame',
  fault: 'a panic a second after the test that armed it; a restart a second after each test',
  expected:
    "told at the suite's end, with whose it is; what is innocent passes, and nothing guilty does unnoticed",
  make: async lab => {
    const ended = await lab.run(['run', 'blame', 'restarts', '--flavour', 'plain'])
    lab.expect(ended, {
      blame: {
        'is before it': 'pass',
        'arms a panic': 'pass',
        'is innocent': 'pass',
        'is after it': 'pass',
        [SUITE_END]: 'fail',
      },
      restarts: {
        'arms the first restart': 'pass',
        'arms the second restart': 'fail',
        'arms the third restart': 'pass',
        [SUITE_END]: 'fail',
      },
    })
    const panic = lab.said(ended, 'blame', SUITE_END)
    const at = /from "arms a panic", which causes it again alone.*panic_now at .*leaver\.c:\d+/
    lab.match('the panic is reported with its line, and whose it is', panic, at)
    const restart = lab.said(ended, 'restarts', SUITE_END)
    const second = lab.said(ended, 'restarts', 'second')
    const ends = /a moment after it had ended, alone: guest-reset/
    lab.match('a test that ends its machine alone has failed', second, ends)
    lab.match('the others are reported at the end', restart, /The guest restarted/)
    lab.tell(panic)
    lab.tell(restart)
  },
}

/** Expected report at the suite's end. */
const OUTLIVING = {
  thread: /left behind by the modules: kernel thread leaver_thread \(pid/,
  workqueue: /left behind by the modules: kernel thread .*leaver_queue \(pid/,
  hrtimer: /left behind by the modules: an hrtimer whose function is gone/,
  timer: /unable to handle page fault|Fatal exception in interrupt/,
  worker: /left behind by the modules: kernel thread kworker\/\d+:\d+ \(pid/,
  entry: /left behind by the modules: \/proc\/leaver_entry/,
} as const

/** The kernel has no list of ordinary timers: only debug objects find one in a module's memory. */
export const ownTimerFault: Fault = {
  row: 4,
  name: 'own-timer',
  fault: 'a timer in a module that is unloaded, armed for ten minutes',
  expected: "the suite's end fails on debug",
  make: async lab => {
    const ended = await lab.run(['run', 'outlives-own-timer', '--flavour', 'debug'])
    const tests = { 'leaves a own-timer': 'pass', [SUITE_END]: 'fail' } as const
    lab.expect(ended, { 'outlives-own-timer': tests })
    const said = lab.said(ended, 'outlives-own-timer', SUITE_END)
    lab.match('debug objects tell of it', said, /ODEBUG: free active.* timer_list/)
    lab.tell(said)
  },
}

export const outlivesFault: Fault = {
  row: 4,
  name: 'outlives',
  fault:
    'threads, one named like a worker, a workqueue, timers and an entry of /proc that outlive their module',
  expected: "the suite's end fails and names them",
  make: async lab => {
    const names = Object.keys(OUTLIVING)
    const suites = names.map(name => `outlives-${name}`)
    const ended = await lab.run(['run', ...suites, '--flavour', 'plain'])
    const one = (name: string) =>
      [`outlives-${name}`, { [`leaves a ${name}`]: 'pass', [SUITE_END]: 'fail' }] as const
    lab.expect(ended, Object.fromEntries(names.map(one)))
    for (const [name, words] of Object.entries(OUTLIVING)) {
      const said = lab.said(ended, `outlives-${name}`, SUITE_END)
      lab.match(`the ${name} is reported`, said, words)
      lab.tell(said)
    }
  },
}
