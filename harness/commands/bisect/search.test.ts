import t from 'tap'
import type { BisectEvent } from '../../contract/bisect-events.js'
import type { Certain } from './certain.js'
import { search, type SuspectRange } from './search.js'

const ANSWERS = { g: 'good', b: 'bad', s: 'skip' } as const
const certain = (letter: string): Certain => ({
  answer: ANSWERS[letter as keyof typeof ANSWERS],
  tries: [letter === 'g' ? 'pass' : 'fail'],
  reason: `seen ${letter}`,
})

interface Question {
  readonly letter: string
  readonly index: number
}

/** Searches candidates given as letters; `known` are those that an earlier bisect learned. */
async function searched(row: string, known: readonly number[] = []) {
  const asked: number[] = []
  const events: BisectEvent[] = []
  const seen: SuspectRange[] = []
  const questions = {
    candidates: [...row].map((letter, index) => {
      return { letter, index, name: `6.1.${index}`, isBuilt: false }
    }),
    recall: ({ letter, index }: Question) => (known.includes(index) ? certain(letter) : undefined),
    ask: async ({ letter, index }: Question) => {
      asked.push(index)
      return certain(letter)
    },
    emit: (event: BisectEvent) => void events.push(event),
  }
  const found = await search(questions, range => seen.push(range))
  return { found, asked, events, seen }
}

void t.test('both ends are asked first, then the middle of what is left', async t => {
  const { found, asked, events, seen } = await searched('gggggbbbb')
  t.strictSame(asked, [0, 8, 4, 6, 5])
  t.strictSame(found, { first: 5, last: 5 })
  t.match(
    events.filter(({ type }) => type === 'bisect-left'),
    [
      { left: 7, steps: 3 },
      { left: 3, steps: 2 },
      { left: 1, steps: 1 },
    ],
  )
  t.strictSame(seen, [
    { first: 1, last: 8 },
    { first: 5, last: 8 },
    { first: 5, last: 6 },
  ])
})

void t.test('adjacent ends need no further test', async t => {
  t.match(await searched('gb'), { found: { first: 1, last: 1 }, asked: [0, 1] })
})

void t.test('known answers are not asked again', async t => {
  const { found, asked, events } = await searched('gggggbbbb', [0, 4, 6, 8])
  t.strictSame(asked, [5])
  t.strictSame(found, { first: 5, last: 5 })
  t.match(events[0], { candidate: '6.1.0', answer: 'good', tries: [] })
})

void t.test('skips leave a range', async t => {
  t.match(await searched('ggsssbb'), { found: { first: 2, last: 5 } })
})

void t.test('ends with unexpected results are reported with these', async t => {
  await t.rejects(searched('bbb'), {
    code: 'GOOD_FAILS',
    exitCode: 1,
    message: /fails on 6\.1\.0/,
    detail: 'fail\nseen b',
  })
  await t.rejects(searched('ggg'), {
    code: 'BAD_PASSES',
    exitCode: 2,
    message: /passes on 6\.1\.2/,
  })
  await t.rejects(searched('sgb'), {
    code: 'END_UNKNOWN',
    exitCode: 3,
    message: /6\.1\.0, the good/,
  })
  await t.rejects(searched('gbs'), { code: 'END_UNKNOWN', message: /6\.1\.2, the bad/ })
})
