import t from 'tap'
import type { Accelerator } from '../contract/accelerator.js'
import { deadlineNote, testDeadline } from './test-deadline.js'

interface Case {
  readonly says: string
  readonly accelerator?: Accelerator
  /** Milliseconds. */
  readonly declared?: number
  readonly past?: number
  readonly asked?: number
  readonly limitMs: number
}

const cases: readonly Case[] = [
  { says: 'a test that was never run has what it declares', declared: 5_000, limitMs: 5_000 },
  { says: 'nothing declared is 30 s', limitMs: 30_000 },
  { says: 'ten times that on emulation', accelerator: 'tcg', limitMs: 300_000 },
  { says: 'a quick test has 20 s', accelerator: 'tcg', past: 300, limitMs: 20_000 },
  { says: 'a slower one 15 times as long', accelerator: 'tcg', past: 4_000, limitMs: 60_000 },
  { says: 'never more than declared', accelerator: 'tcg', past: 60_000, limitMs: 300_000 },
  { says: 'nor where that is less than 20 s', declared: 5_000, past: 10, limitMs: 5_000 },
  { says: 'what is asked for goes before all', past: 300, asked: 7_000, limitMs: 7_000 },
]

for (const { says, accelerator = 'kvm', declared, past, asked, limitMs } of cases) {
  t.test(says, async t => {
    const options = declared === undefined ? {} : { timeoutMs: declared }
    const deadline = testDeadline(
      { name: 'it', options: {} },
      { options },
      {
        machine: { accelerator },
        ...(past === undefined ? {} : { pastMs: { it: past } }),
        ...(asked === undefined ? {} : { timeoutMs: asked }),
      },
    )
    t.equal(deadline.limitMs, limitMs)
  })
}

t.test('a task may sleep without waking for 20 s, or as long as its test ever took', async t => {
  const asleepMs = (job: Partial<Parameters<typeof testDeadline>[2]>): number => {
    const machine = { accelerator: 'tcg' } as const
    return testDeadline({ name: 'it', options: {} }, { options: {} }, { machine, ...job }).asleepMs
  }
  t.equal(asleepMs({}), 20_000, 'whatever the test may take')
  t.equal(asleepMs({ pastMs: { it: 300 } }), 20_000)
  t.equal(asleepMs({ pastMs: { it: 45_000 } }), 45_000)
  t.equal(asleepMs({ timeoutMs: 500_000 }), 500_000, 'what is asked for goes before all')
})

t.test('a deadline that comes from the past says so, and how to have another', async t => {
  const machine = { accelerator: 'tcg' } as const
  const quick = testDeadline(
    { name: 'it', options: {} },
    { options: {} },
    { machine, pastMs: { it: 300 } },
  )
  t.match(deadlineNote(quick), /never took longer than 0\.3 s .*--timeout/)
  const other = testDeadline(
    { name: 'toString', options: {} },
    { options: {} },
    { machine, pastMs: {} },
  )
  t.equal(deadlineNote(other), '')
})
