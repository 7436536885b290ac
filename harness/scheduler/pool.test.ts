import t, { type Test } from 'tap'
import { harnessError } from '../platform/errors.js'
import type { RunEvent } from '../contract/events.js'
import { SUITE_END } from '../contract/test-names.js'
import type { FromWorker, Job, ToWorker } from '../session/job.js'
import { runJobs } from './pool.js'
import { OpenQueue } from './queue.js'
import type { PoolWorker, WorkerEnd } from './worker-process.js'

const TESTS = ['one', 'two', SUITE_END]

/** A worker whose jobs a test scripts; exits on a stop message as the real one does. */
class FakeWorker implements PoolWorker {
  pid: number | undefined
  onMessage: (message: FromWorker) => void = () => undefined
  readonly ended: Promise<WorkerEnd>
  readonly #work: (worker: FakeWorker, job: Job) => void
  #end: (end: WorkerEnd) => void = () => undefined

  constructor(work: (worker: FakeWorker, job: Job) => void) {
    this.#work = work
    this.ended = new Promise(resolve => (this.#end = resolve))
  }

  send(message: ToWorker): void {
    if (message.type === 'run') this.#work(this, message.job)
    if (message.type === 'stop') this.#end({ code: 0, signal: null, stderr: '' })
  }

  kill(): void {
    this.#end({ code: null, signal: 'SIGKILL', stderr: '' })
  }

  begin(job: Job): void {
    this.say({ type: 'job-start', job: job.ref.id, at: '', title: '', tests: TESTS })
  }

  start(job: Job, test: string): void {
    this.say({ type: 'test-start', job: job.ref.id, test })
  }

  fail(job: Job, test: string): void {
    this.start(job, test)
    const result = {
      status: 'fail',
      attempt: 1,
      durationMs: 1,
      problems: [],
      findings: [],
    } as const
    this.say({ type: 'test-end', job: job.ref.id, test, ...result })
  }

  pass(job: Job, ...tests: readonly string[]): void {
    for (const test of tests) {
      this.start(job, test)
      const result = {
        status: 'pass',
        attempt: 1,
        durationMs: 1,
        problems: [],
        findings: [],
      } as const
      this.say({ type: 'test-end', job: job.ref.id, test, ...result })
    }
  }

  say(event: RunEvent): void {
    this.onMessage({ type: 'event', event })
  }
}

const jobOf = (id: string): Job => ({ ref: { id } }) as unknown as Job

type Work = (worker: FakeWorker, job: Job) => void

/** Runs jobs, one per slot, on workers that do these works in turn; returns the results. */
function pool(jobs: readonly string[], ...works: readonly Work[]) {
  const queue = new OpenQueue()
  queue.add(...jobs.map(jobOf))
  queue.close()
  return pooled(queue, jobs.length, false, works)
}

async function pooled(queue: OpenQueue, slots: number, bail: boolean, works: readonly Work[]) {
  const events: RunEvent[] = []
  let started = 0
  const error: unknown = await runJobs(queue, {
    slots,
    signal: new AbortController().signal,
    emit: event => events.push(event),
    onKept: () => undefined,
    bail,
    worker: () => new FakeWorker(works[started++] ?? (() => undefined)),
  }).catch((reason: unknown) => reason)
  const results = events.flatMap(event =>
    event.type === 'test-end' ? [`${event.job} ${event.test}: ${event.status}`] : [],
  )
  const ended = events.flatMap(event => (event.type === 'job-end' ? [event.job] : []))
  const reasons = events.flatMap(event => (event.type === 'test-end' ? (event.reason ?? []) : []))
  return { results, ended, started, error, reasons }
}

const hopeless = (worker: FakeWorker): void => {
  const { code, outcome, message } = harnessError('QEMU_MISSING', 'there is no QEMU')
  worker.onMessage({ type: 'failed', error: { code, outcome, message } })
}

void t.test('what befalls every job is no failure of a test that another worker has', async t => {
  const { results, ended, started, error } = await pool(
    ['a', 'b'],
    worker => setImmediate(() => hopeless(worker)),
    (worker, job) => {
      worker.begin(job)
      worker.pass(job, 'one')
      worker.start(job, 'two')
    },
  )
  t.match(error, { code: 'QEMU_MISSING' })
  t.strictSame(
    results.filter(result => result.startsWith('b')),
    ['b one: pass', 'b two: miss', `b ${SUITE_END}: miss`],
  )
  t.strictSame(ended.sort(), ['a', 'b'], 'each job has ended when the pool has')
  t.equal(started, 2, 'and nothing goes on in another worker')
})

void t.test('a bail ends what the others run at once, and waits for no job to come', async t => {
  const queue = new OpenQueue()
  queue.add(jobOf('a'), jobOf('b'))
  const { results, ended, error, reasons } = await pooled(queue, 3, true, [
    (worker, job) => {
      worker.begin(job)
      setImmediate(() => {
        worker.fail(job, 'one')
        worker.onMessage({ type: 'done' })
      })
    },
    (worker, job) => {
      worker.begin(job)
      worker.start(job, 'one')
    },
  ])
  t.equal(error, undefined)
  t.strictSame(ended.sort(), ['a', 'b'])
  t.strictSame(
    results.filter(result => result.startsWith('b')),
    ['b one: miss', 'b two: miss', `b ${SUITE_END}: miss`],
  )
  t.ok(reasons.includes('the suite ended at an earlier test'))
  t.ok(reasons.includes('a test of another suite failed (--bail)'))
})

void t.test('a worker that is killed when all is said leaves nothing to do again', async t => {
  const { results, ended, started } = await pool(['a'], (worker, job) => {
    worker.begin(job)
    worker.pass(job, ...TESTS)
    worker.kill()
  })
  t.strictSame(results, ['a one: pass', 'a two: pass', `a ${SUITE_END}: pass`])
  t.strictSame([ended, started], [['a'], 1])
})

void t.test(
  'a worker that is killed in a test is replaced, and the rest is done there',
  async t => {
    let remaining: unknown
    const { results, started } = await pool(
      ['a'],
      (worker, job) => {
        worker.begin(job)
        worker.pass(job, 'one')
        worker.start(job, 'two')
        worker.kill()
      },
      (worker, job) => {
        remaining = job.remaining
        worker.begin(job)
        worker.pass(job, 'two', SUITE_END)
        worker.onMessage({ type: 'done' })
      },
    )
    t.strictSame(remaining, { tests: ['two', SUITE_END], written: 1, passed: ['one'], late: [] })
    t.strictSame(results, ['a one: pass', 'a two: pass', `a ${SUITE_END}: pass`])
    t.equal(started, 2)
  },
)

/** Sets the silence limit for one test. */
function silence(t: Test, seconds: number): void {
  process.env['MODPROVE_SILENCE_S'] = String(seconds)
  t.teardown(() => delete process.env['MODPROVE_SILENCE_S'])
}

void t.test('a worker that is silent for too long is killed, and its test fails', async t => {
  silence(t, 0.1)
  const { results } = await pool(['a'], (worker, job) => {
    worker.begin(job)
    worker.start(job, 'one')
  })
  t.equal(results[0], 'a one: fail')
})

void t.test('a harness that was stopped itself takes no worker for silent', async t => {
  silence(t, 0.2)
  const { results } = await pool(['a'], (worker, job) => {
    worker.begin(job)
    worker.start(job, 'one')
    setTimeout(() => {
      // Messages are read after the due timers have run.
      setImmediate(() => {
        worker.pass(job, ...TESTS)
        worker.onMessage({ type: 'done' })
      })
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500)
    })
  })
  t.equal(results[0], 'a one: pass')
})
