import { Duplex } from 'node:stream'
import { isDeepStrictEqual } from 'node:util'
import { Qmp } from '../../../vm/qmp.js'
import { samplesIn } from '../corpus.js'
import { mutateBytes, mutateLines } from '../mutate.js'
import type { FuzzReader } from '../reader.js'

const [session = ''] = samplesIn('selftest/fuzz/corpus', 'qmp-session.jsonl')
const lines = session.split('\n')
/** One more than the session answers. */
const COMMANDS = 13

/** Result of a command, or an event. */
type Outcome =
  { readonly returned: unknown } | { readonly refused: true } | { readonly event: string }

export const qmpReader: FuzzReader = {
  name: 'qmp',
  reads: "answers of QEMU's machine protocol",
  make: random => ({
    input: mutateBytes(Buffer.from(mutateLines(lines, lines, random).join('\n')), random),
  }),
  check: async ({ input }) => {
    const [seen, due] = [await outcomesOf(input), dueOutcomes(input)]
    for (const [index, outcome] of seen.entries())
      if (!isDeepStrictEqual(outcome, due[index]))
        return `a false answer: ${JSON.stringify(outcome)} instead of ${JSON.stringify(due[index])}`
    return seen.length === due.length ? undefined : `${due.length - seen.length} answers are missed`
  },
}

/** Sends commands in sequence to a QEMU with these answers, one line at a time. */
async function outcomesOf(input: Buffer): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const stream = new Duplex({ read: () => undefined, write: (_, __, done) => done() })
  const asking = (async () => {
    const qmp = new Qmp(stream)
    await qmp.negotiate()
    outcomes.push({ returned: 'connected' })
    qmp.on('event', ({ event }) => outcomes.push({ event }))
    for (let id = 2; id <= COMMANDS; id += 1) {
      try {
        outcomes.push({ returned: await qmp.execute('query-status') })
      } catch (error) {
        if ((error as { code?: string }).code !== 'QMP_ERROR') throw error
        outcomes.push({ refused: true })
      }
    }
  })().catch((error: unknown) => {
    const { code } = error as { code?: string }
    if (code !== 'QMP_CLOSED' && code !== 'QMP_ERROR') throw error
  })
  for (let from = 0; from < input.length;) {
    const end = input.indexOf(10, from)
    const until = end < 0 ? input.length : end + 1
    stream.push(input.subarray(from, until))
    from = until
    // Lets the next command be sent before the next line arrives.
    await new Promise(resolve => setImmediate(resolve))
  }
  stream.push(null)
  await asking
  stream.destroy()
  return outcomes
}

/** The expected results by the protocol: an answer is a line with a JSON object and a known id. */
function dueOutcomes(input: Buffer): Outcome[] {
  const due: Outcome[] = []
  let id = 1
  for (const line of input.toString('utf8').split('\n').slice(0, -1)) {
    const received = objectOf(line)
    if (received === undefined) continue
    if (typeof received['event'] === 'string') {
      if (id > 1) due.push({ event: received['event'] })
    } else if (received['id'] === id && id <= COMMANDS) {
      const isRefused = 'error' in received
      if (id === 1 && isRefused) return due
      const returned = id === 1 ? 'connected' : received['return']
      due.push(isRefused ? { refused: true } : { returned })
      id += 1
    }
  }
  return due
}

function objectOf(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Record<string, unknown>) : undefined
  } catch {
    // Most mutated lines are not JSON.
    return undefined
  }
}
