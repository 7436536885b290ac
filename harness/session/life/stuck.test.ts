import t from 'tap'
import { parseTraceLine } from '../../verdict/index.js'
import { blockedText, nameOf, stuckInSilence, stuckInTask } from './stuck.js'

const blocked = (...frames: readonly string[]): string =>
  ['task:prog            state:D stack:0     pid:49', 'Call Trace:', ' <TASK>', ...frames].join(
    '\n',
  )

const framesOf = (...lines: readonly string[]) => lines.flatMap(line => parseTraceLine(line) ?? [])

const nameIn = (text: string): string | undefined => {
  const frame = stuckInTask(text)
  return frame && nameOf(frame)
}

const HEAD = 'sysrq: Show Blocked State\n'
const WAITS = [
  ' __schedule+0x373/0x3a3',
  ' schedule+0x3a/0x67',
  ' __mutex_lock.constprop.0+0x1/0x2',
]

t.test('a blocked task is named by the module, else by what waits', async t => {
  const own = blocked(...WAITS, ' ? old+0x1/0x2', ' ring_open+0x1f/0x40 [ring] module/ring.c:7')
  t.equal(nameIn(HEAD + own), 'ring_open [ring]')
  const kernel = blocked(...WAITS, ' pipe_release+0x1/0x2', ' __fput+0x1/0x2')
  t.equal(nameIn(HEAD + kernel), 'pipe_release')
  t.equal(nameIn(`${HEAD}${kernel}\n${own}`), 'ring_open [ring]', "the module's goes first")
  t.equal(nameIn(HEAD), undefined)
  t.equal(nameIn('the blocked tasks could not be listed: no answer'), undefined)
})

t.test('that no task is blocked is said', async t => {
  t.equal(blockedText(HEAD), 'no task is blocked')
  const some = HEAD + blocked(...WAITS)
  t.equal(blockedText(some), some)
})

t.test('a silent guest is named by the module that runs, else by its silence', async t => {
  const idle = framesOf('pit_next_event+0x10/0x32', 'hrtimer_interrupt+0xb5/0x15b')
  const spins = framesOf('ring_spin+0x1/0x2 [ring]')
  t.match(stuckInSilence([...idle, ...spins]), { function: 'ring_spin', module: 'ring' })
  t.equal(stuckInSilence(idle), undefined)
})
