import type { FuzzReader } from './reader.js'

type Check = (number: number) => ReturnType<FuzzReader['check']>

const reader = (name: string, check: Check): FuzzReader => ({
  name,
  reads: 'its own number',
  make: random => ({ input: Buffer.from([random(8)]) }),
  check: ({ input }) => check(input[0] ?? 0),
})

/** Parsers with various defects in one of eight cases. */
export const readers: readonly FuzzReader[] = [
  reader('sound', () => undefined),
  reader('crashes', number => {
    if (number === 5) throw new Error('a crash on purpose')
    return undefined
  }),
  reader('believes', number => (number === 5 ? 'a false pass' : undefined)),
  reader('hangs', number => {
    while (number === 5);
    return undefined
  }),
  reader('waits', number => (number === 5 ? new Promise(() => undefined) : undefined)),
]
