import t from 'tap'
import pc, { chooseColours } from './colours.js'

const terminal = { isTTY: true }
const pipe = {}

void t.test('there are none where nobody chose', t => {
  t.equal(pc.red('x'), 'x')
  t.equal(pc.isColorSupported, false)
  t.end()
})

for (const [env, stdout, isColoured] of [
  [{}, terminal, true],
  [{}, pipe, false],
  [{ NO_COLOR: '1' }, terminal, false],
  [{ NO_COLOR: '' }, terminal, true],
  [{ FORCE_COLOR: '1' }, pipe, true],
  [{ FORCE_COLOR: '0' }, terminal, false],
  [{ FORCE_COLOR: '1', NO_COLOR: '1' }, terminal, false],
] as const)
  void t.test(`${JSON.stringify(env)} ${stdout === terminal ? 'on a terminal' : 'piped'}`, t => {
    chooseColours(env, stdout)
    t.equal(pc.red('x') !== 'x', isColoured)
    chooseColours({}, pipe)
    t.equal(pc.red('x'), 'x')
    t.end()
  })
