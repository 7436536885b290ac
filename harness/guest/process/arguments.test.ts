import t from 'tap'
import { Arena } from './arena.js'
import { marshal, Out, type Argument } from './arguments.js'

const read = (...args: readonly unknown[]) =>
  marshal(args as Argument[], new Arena(0x1000n, 64), ({ fd }) => fd)

t.test('what a call takes becomes numbers, and memory that the numbers point to', t => {
  const device = { fd: 3, process: { pid: 7 } }
  const { values, shown, inputs, outputs } = read(device, 5, null, 'a', Buffer.alloc(8), new Out(8))
  t.strictSame(values.slice(0, 3), [3n, 5n, 0n])
  t.strictSame(shown.slice(0, 4), ['3', '5', 'NULL', '"a"'])
  t.equal(inputs.length, 2)
  t.equal(outputs.length, 2)
  t.end()
})

t.test('of what it does not take, the error names what it does', t => {
  for (const wrong of [undefined, { address: 0x1000n }, [1], true])
    t.throws(() => read(wrong), { message: /takes numbers, text, a Buffer.* its address$/ })
  t.end()
})
