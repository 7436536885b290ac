import t from 'tap'
import { O_RDONLY } from '../abi/index.js'
import type { CallResult } from '../agent/payloads.js'
import type { Task } from '../agent/task.js'
import { CallTimeout } from '../errors.js'
import { newProcess } from './process.js'
import type { Process } from './types.js'

interface Made {
  readonly failNth?: number
  readonly deadlineMs: number
}

/** A process whose calls all end as the test wants, and how each was made. */
function answering(result: Partial<CallResult> | Error) {
  const made: Made[] = []
  const task = {
    pid: 7,
    tid: 7,
    scratch: { address: 0n, length: 4096 },
    deadlineMs: 10_000,
    channel: { closed: new Promise(() => undefined) },
    write: () => Promise.resolve(),
    call: (_number: number, _values: readonly bigint[], { failNth, deadlineMs }: Made) => {
      made.push({ ...(failNth !== undefined && { failNth }), deadlineMs })
      if (result instanceof Error) return Promise.reject(result)
      return Promise.resolve({ value: 3n, errno: 0, failuresLeft: 0, ...result })
    },
  } as unknown as Task
  return { user: newProcess(task), made }
}

const ENOMEM = 12

void t.test('one call is armed, and its outcome says whether a fault was injected', async t => {
  const { user, made } = answering({ errno: ENOMEM })
  const failed = await user.failNth(2, armed => armed.open('/dev/null', O_RDONLY))
  t.match(failed, { injected: true, failuresLeft: 0, error: { code: 'ENOMEM' } })
  t.strictSame(made, [{ failNth: 2, deadlineMs: 10_000 }])

  const beyond = answering({ failuresLeft: 4 }).user
  const succeeded = await beyond.failNth(9, armed => armed.getpid())
  t.strictSame(succeeded, { injected: false, failuresLeft: 4, result: 3 })
})

void t.test('what the armed call opened or mapped can be used and released', async t => {
  const { user, made } = answering({})
  const { result: file } = await user.failNth(1, armed => armed.open('/dev/null', O_RDONLY))
  await file?.ioctl(1)
  t.equal(await file?.process.getpid(), 3)
  const options = { length: 1, prot: 0, flags: 0 }
  const { result: mapping } = await user.failNth(1, armed => armed.mmap(null, options))
  await mapping?.munmap()
  t.strictSame(
    made.map(({ failNth }) => failNth),
    [1, undefined, undefined, 1, undefined],
  )
})

void t.test('a deadline and failNth combine, in either order', async t => {
  const { user, made } = answering({})
  await user.within(5).failNth(1, armed => armed.getpid())
  await user.failNth(1, armed => armed.within(5).getpid())
  t.strictSame(made, Array(2).fill({ failNth: 1, deadlineMs: 5 }))
})

void t.test('failNth refuses a second call, and none at all', async t => {
  const { user, made } = answering({})
  await t.rejects(
    user.failNth(1, async armed => {
      await armed.getpid()
      await armed.within(5).getpid()
    }),
    { name: 'RangeError', message: 'failNth: getpid() is a second call; only one can be armed' },
  )
  t.equal(made.length, 1)
  await t.rejects(
    user.failNth(1, () => user.getpid()),
    { name: 'RangeError', message: /no call was made with the armed process/ },
  )
})

void t.test('a refused call frees its scratch memory', async t => {
  const { user } = answering({})
  const size = 1024
  for (let round = 0; round < 8; round += 1) {
    await t.rejects(
      user.failNth(1, async armed => {
        await armed.getpid()
        await armed.write(1, Buffer.alloc(size))
      }),
      /second call/,
    )
    await t.rejects(user.syscall32(4, Buffer.alloc(size), 1n << 32n), /32 bits/)
  }
  t.equal(user.memory.take(4096).length, 4096)
})

void t.test(
  'a call that timed out keeps its scratch memory, where the kernel may still write',
  async t => {
    const calls: readonly ((user: Process) => Promise<unknown>)[] = [
      user => user.write(3, 'x'),
      // Takes its memory apart from its arguments.
      user => user.read(3, 3000),
    ]
    for (const call of calls) {
      const { user } = answering(new CallTimeout('a call', 10_000))
      await t.rejects(call(user), { code: 'CALL_TIMEOUT' })
      t.throws(() => user.memory.take(4096), RangeError)
    }
  },
)

void t.test('suites see the calls, not their implementation', async t => {
  const { user } = answering({})
  const file = user.descriptor(3)
  const mapping = user.mapping(0x1000n, 4096)
  const internals = /^(task|port|arena|core|armed|ancestors|number|call|scratch|access)$/
  for (const held of [user, user.within(5), file, mapping, user.memory, user.memory.take(8)]) {
    t.strictSame(
      Object.keys(held).filter(name => internals.test(name)),
      [],
    )
  }
})
