import t from 'tap'
import { statusAfterDeath } from './status-after-death.js'

const location = { file: 'module/ring.c', line: 7 }
const lost = { status: 'error' } as const

t.test("what the kernel said of the module's line holds, though its machine was lost", async t => {
  t.equal(statusAfterDeath(lost, [{ kind: 'rcu-stall' }, { kind: 'rcu-stall', location }]), 'fail')
})

t.test(
  'a lost machine alone is no failure of the module, nor what is known for a false alarm',
  async t => {
    t.equal(statusAfterDeath(lost, []), 'error')
    t.equal(
      statusAfterDeath(lost, [{ kind: 'rcu-stall' }, { kind: 'nmi-backtrace' }]),
      'error',
      'a stall in the kernel at large',
    )
    t.equal(statusAfterDeath(lost, [{ kind: 'kasan', location, allowed: 'known' }]), 'error')
    t.equal(statusAfterDeath({ status: 'fail' }, []), 'fail')
    t.equal(statusAfterDeath(lost, [{ kind: 'out-of-memory' }]), 'fail', 'what took sshd')
  },
)
