import type { BisectAnswer } from '../../contract/bisect-events.js'

/**
 * What one run of the test came to: `lost` says that harness or machine failed, `skip` that nothing can be learned there however
 * often it is tried.
 */
export interface Seen {
  readonly end: 'pass' | 'fail' | 'lost' | 'skip'
  readonly reason?: string
}

export interface Certain {
  readonly answer: BisectAnswer
  readonly tries: readonly Seen['end'][]
  readonly reason?: string
  readonly wavers?: boolean
}

const MOST_TRIES = 5
const MOST_LOST = 2

/**
 * Asks until the answer is certain. A test that passes is good and one that fails twice is bad. One that fails and then passes is
 * run up to five times: four ends of one kind decide; where there are two of each, it fails sometimes, which
 * is what is looked for: bad. What is lost twice is skipped.
 *
 * @param ask runs the test once more, on a fresh machine
 */
export async function certain(ask: (attempt: number) => Promise<Seen>): Promise<Certain> {
  const seen: Seen[] = []
  const of = (end: Seen['end']): Seen[] => seen.filter(one => one.end === end)
  const conclude = (answer: BisectAnswer, why: Seen['end'], wavers = false): Certain => {
    const reason = of(why)[0]?.reason
    return {
      answer,
      tries: seen.map(({ end }) => end),
      ...(reason === undefined ? {} : { reason }),
      ...(wavers ? { wavers } : {}),
    }
  }
  for (;;) {
    seen.push(await ask(seen.length + 1))
    const [passed, failed] = [of('pass').length, of('fail').length]
    if (of('skip').length > 0) return conclude('skip', 'skip')
    if (of('lost').length >= MOST_LOST) return conclude('skip', 'lost')
    if (passed >= 2 && failed >= 2) return conclude('bad', 'fail', true)
    if (failed === 0 && passed > 0) return conclude('good', 'pass')
    if (passed === 0 && failed === 2) return conclude('bad', 'fail')
    if (passed >= MOST_TRIES - 1) return conclude('good', 'fail')
    if (failed >= MOST_TRIES - 1) return conclude('bad', 'fail')
  }
}
