import { Duplex, PassThrough } from 'node:stream'

/** Two ends of one connection: each reads what the other writes. */
export function connectedPair(): readonly [Duplex, Duplex] {
  const there = new PassThrough()
  const back = new PassThrough()
  const near = Duplex.from({ readable: back, writable: there })
  const far = Duplex.from({ readable: there, writable: back })
  far.on('close', () => near.destroy())
  for (const end of [near, far]) end.on('error', () => undefined)
  return [near, far]
}
