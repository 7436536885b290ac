import t from 'tap'
import { thrownFirst } from './errors.js'

t.test('what a failed disposal would hide is what was thrown first', async t => {
  const [first, second, third] = [new Error('a'), new Error('b'), new Error('c')]
  const failing = (error: Error) => ({ [Symbol.asyncDispose]: () => Promise.reject(error) })
  const work = async (): Promise<void> => {
    await using _outer = failing(third)
    await using _inner = failing(second)
    throw first
  }
  const thrown: unknown = await work().catch((error: unknown) => error)
  t.equal((thrown as Error).name, 'SuppressedError')
  t.equal(thrownFirst(thrown), first)
  t.equal(thrownFirst(first), first)
  t.equal(thrownFirst('a word'), 'a word')
})
