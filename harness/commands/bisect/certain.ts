import { z } from 'zod'
import type { Data } from '../../contract/data.js'
import type { BisectAnswer } from '../../contract/bisect-events.js'
import { defined } from '../../platform/pick.js'

/**
 * Result of one run of the test: `lost` means that harness or machine failed, `skip` that no retry
 * will give an answer.
 */
export interface Seen {
  readonly end: 'pass' | 'fail' | 'lost' | 'skip'
  readonly reason?: string
}

export const certain = z.object({
  answer: z.enum(['good', 'bad', 'skip']),
  tries: z.array(z.enum(['pass', 'fail', 'lost', 'skip'])),
  reason: z.string().exactOptional(),
  wavers: z.boolean().exactOptional(),
})

export type Certain = Data<z.infer<typeof certain>>

const MOST_TRIES = 5
const MOST_LOST = 2

/**
 * Repeats the test until the answer is certain. One pass is good, two failures are bad. After a
 * failure and a pass it is run up to five times: four equal results decide; two of each means that
 * it fails sometimes, which is bad. Two lost runs mean skip.
 * @param ask runs the test once more, on a fresh machine
 */
export async function repeatUntilCertain(
  ask: (attempt: number) => Promise<Seen>,
): Promise<Certain> {
  const seen: Seen[] = []
  const of = (end: Seen['end']): Seen[] => seen.filter(one => one.end === end)
  const conclude = (answer: BisectAnswer, why: Seen['end'], wavers = false): Certain => {
    const reason = of(why)[0]?.reason
    return {
      answer,
      tries: seen.map(({ end }) => end),
      ...defined({ reason }),
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
