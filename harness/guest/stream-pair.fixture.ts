import { Duplex, PassThrough } from 'node:stream'

/** Two ends of one connection: what is written to one is read from the other. */
export function connectedPair(): readonly [Duplex, Duplex] {
  const there = new PassThrough()
  const back = new PassThrough()
  const near = Duplex.from({ readable: back, writable: there })
  const far = Duplex.from({ readable: there, writable: back })
  far.on('close', () => near.destroy())
  for (const end of [near, far]) end.on('error', () => undefined)
  return [near, far]
}
