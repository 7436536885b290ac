import t from 'tap'
import { findingAt } from '../finding.fixture.js'
import type { Finding, Frame } from '../finding.js'
import { isForeign } from './foreign.js'

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
