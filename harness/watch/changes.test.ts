import t from 'tap'
import { isLeftBeside } from './changes.js'

void t.test('what editors leave beside a source is no change of one', t => {
  // vim(1) tries with 4913 whether it can make a file there.
  const left = [
    '4913',
    'contract/4913',
    '.mmap.suite.ts.swp',
    '#ring.c#',
    'ring.c~',
    'a/.git',
    'x.tmp',
  ]
  for (const name of left) t.ok(isLeftBeside(name), name)
  for (const name of ['mmap.suite.ts', 'contract/adapter.ts', 'ring.c', 'Kbuild', 'v2', '2.c'])
    t.notOk(isLeftBeside(name), name)
  t.end()
})
