import { Duplex } from 'node:stream'

const silent = (): Duplex =>
  new Duplex({ read: () => undefined, write: (_, __, done) => done(), allowHalfOpen: false })

/** Streams that ended before anyone listens, by how they ended: they emit no more events. */
export function alreadyOver(): (readonly [string, Promise<Duplex>])[] {
  return [
    ['ended', over(stream => stream.resume().push(null))],
    ['destroyed', over(stream => stream.destroy())],
    ['broken', over(stream => stream.on('error', () => undefined).destroy(new Error('broken')))],
  ]
}

async function over(end: (stream: Duplex) => void): Promise<Duplex> {
  const stream = silent()
  const closed = new Promise(resolve => stream.once('close', resolve))
  end(stream)
  await closed
  return stream
}
