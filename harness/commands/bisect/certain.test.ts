import t from 'tap'
import { repeatUntilCertain, type Seen } from './certain.js'

const ENDS = { p: 'pass', f: 'fail', l: 'lost', s: 'skip' } as const

/** What is made of ends given as letters; asking for one more is an error. */
async function concluded(ends: string) {
  const left = [...ends] as (keyof typeof ENDS)[]
  const result = await repeatUntilCertain(async (attempt): Promise<Seen> => {
    t.equal(attempt, ends.length - left.length + 1)
    const end = left.shift()
    if (end === undefined) throw new Error(`asked once too often after ${ends}`)
    return { end: ENDS[end], reason: `${end}${attempt}` }
  })
  t.equal(left.length, 0, `all of ${ends} was asked`)
  return result
}

void t.test('only an uncertain answer is repeated', async t => {
  t.match(await concluded('p'), { answer: 'good', tries: ['pass'] })
  t.match(await concluded('ff'), { answer: 'bad', reason: 'f1', wavers: undefined })
  t.match(await concluded('fpppp'), { answer: 'good', reason: 'f1' })
  t.match(await concluded('fpfff'), { answer: 'bad', wavers: undefined })
  t.match(await concluded('fppf'), { answer: 'bad', wavers: true, reason: 'f1' })
  t.match(await concluded('fpfp'), { answer: 'bad', wavers: true })
  t.match(await concluded('fpppf'), { answer: 'bad', wavers: true })
})

void t.test('lost runs do not count, and two mean skip', async t => {
  t.match(await concluded('lp'), { answer: 'good', tries: ['lost', 'pass'] })
  t.match(await concluded('flf'), { answer: 'bad' })
  t.match(await concluded('ll'), { answer: 'skip', reason: 'l1' })
  t.match(await concluded('flpl'), { answer: 'skip', reason: 'l2' })
  t.match(await concluded('s'), { answer: 'skip', reason: 's1' })
})
