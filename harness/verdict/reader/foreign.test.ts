import { readFileSync } from 'node:fs'
import t from 'tap'
import { findingAt } from '../finding.fixture.js'
import type { Finding, Frame } from '../finding.js'
import { FindingReader, recordsOfConsole } from '../index.js'
import { isForeign, rootOf } from './foreign.js'

const warning = (more: Partial<Finding>): Finding => ({ ...findingAt(7), caller: 'T57', ...more })
const frame = (name: string): Frame => ({ function: name }) as Frame

void t.test('what no process did may be of an earlier test', t => {
  const agent = { comm: 'agent', pid: 57 }
  t.notOk(isForeign(warning({ task: agent, frames: [frame('entry_SYSCALL_64')] })))
  t.ok(isForeign(warning({ task: { comm: 'kworker/0:1', pid: 6 } })), 'a work')
  t.ok(isForeign(warning({ task: { comm: 'swapper/0', pid: 0 } })), 'an idle processor')
  t.ok(isForeign(warning({ task: { comm: 'rcu_preempt', pid: 15 } })), 'a grace period')
  const thread = { comm: 'ring_thread', pid: 70 }
  t.ok(isForeign(warning({ task: thread, frames: [frame('ret_from_fork_asm')] })), 'a thread')
  t.ok(isForeign(warning({ task: agent, caller: 'C0' })), 'an interrupt that came meanwhile')
  t.notOk(isForeign(warning({ task: agent, caller: 'C0', kind: 'soft-lockup' })), 'who locks up')
  t.end()
})

/** What a kernel said in which a timer slept. */
function recorded(file: string): readonly Finding[] {
  const text = readFileSync(new URL(`testdata/written/${file}`, import.meta.url), 'utf8')
  const reader = new FindingReader()
  return [...recordsOfConsole(text).flatMap(record => reader.push(record)), ...reader.end()]
}

void t.test('so is what a timer did that spoilt the count of interrupts', t => {
  const [, leak] = recorded('sleeping-timer.console')
  t.match(leak, { kind: 'warning', caller: 'T45', task: { comm: 'agent' } })
  t.strictSame(recorded('sleeping-timer.console').map(isForeign), [true, true])
  const [, , panic] = recorded('sleeping-timer-idle.console')
  t.match(panic, { kind: 'panic', caller: 'T0', task: undefined })
  t.strictSame(recorded('sleeping-timer-idle.console').map(isForeign), [true, true, true])
  const stale = { ...frame('handle_softirqs'), unreliable: true }
  t.notOk(isForeign(warning({ frames: [stale] })), 'an address that lay on the stack')
  t.end()
})

void t.test('the root is what came first, in whatever order they were read', t => {
  t.equal(rootOf([findingAt(9), findingAt(7), findingAt(8)])?.firstSequence, 7)
  t.end()
})
