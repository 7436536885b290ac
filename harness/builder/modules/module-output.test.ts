import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { calledAsKnown, namingOptions } from './module-output.js'

void t.test('the module’s files have the user’s names, on old and new kernels', t => {
  const ring = { 'ring.c': '', sub: { 'own.h': '' }, include: { 'ring.h': '' } }
  const build = t.testdir({ ring, common: { 'x.h': '' } })
  const called = (text: string) =>
    calledAsKnown(text, { build, name: 'ring', tree: '/cache/kernels/6.1/tree' })
  for (const [said, known] of [
    // Up to 6.12 by absolute names; the kernel's own are relative to its tree.
    [`${build}/ring/ring.c:7:24: error: no`, 'ring/ring.c:7:24: error: no'],
    [`${build}/ring/../common/x.h:7:24: error: no`, 'common/x.h:7:24: error: no'],
    [`In file included from ${build}/ring/ring.c:4:`, 'In file included from ring/ring.c:4:'],
    ['./include/linux/list.h:1:2: note: a', 'include/linux/list.h:1:2: note: a'],
    ['././include/linux/list.h:1:2: note: a', 'include/linux/list.h:1:2: note: a'],
    // From 6.13 on the other way round.
    ['ring.c:7:24: error: no', 'ring/ring.c:7:24: error: no'],
    ['ring.c: In function ‘f’:', 'ring/ring.c: In function ‘f’:'],
    ['../common/x.h:1:3: error: no', 'common/x.h:1:3: error: no'],
    ['./../common/x.h:1:3: error: no', 'common/x.h:1:3: error: no'],
    ['sub/own.h:1:3: error: no', 'ring/sub/own.h:1:3: error: no'],
    ['In file included from ring.c:4:', 'In file included from ring/ring.c:4:'],
    ["    inlined from 'f' at ring.c:4:2:", "    inlined from 'f' at ring/ring.c:4:2:"],
    ['                 from include/ring.h:4:', '                 from ring/include/ring.h:4:'],
    [
      '/cache/kernels/6.1/tree/include/linux/list.h:1:2: note: a',
      'include/linux/list.h:1:2: note: a',
    ],
    // Not of the module.
    ['other.c:7:24: error: no', 'other.c:7:24: error: no'],
    ['  CC [M]  ring.o', '  CC [M]  ring.o'],
  ] as const) {
    t.equal(called(said), known)
  }
  t.end()
})

void t.test('__FILE__ has the user’s name, however the compiler is given a file', t => {
  const file = (name: string) => `static const char *${name} __attribute__((used)) = __FILE__;\n`
  const ring = {
    'ring.c': `#include "sub/own.h"\n#include "../common/x.h"\n${file('ring')}`,
    sub: { 'own.h': file('own') },
  }
  const build = t.testdir({ ring, common: { 'x.h': file('x') } })
  const place = { build, name: 'ring', tree: '/cache/kernels/6.1/tree' }
  const options = namingOptions(place, ['Kbuild', 'ring.c', 'sub/', 'a b.c'])
  const folder = join(build, 'ring')
  for (const file of ['ring.c', join(folder, 'ring.c')]) {
    execFileSync('gcc', ['-c', '-o', 'ring.o', ...options, file], { cwd: folder })
    const object = readFileSync(join(folder, 'ring.o'), 'latin1')
    t.match(object, /(^|\0)ring\/ring\.c\0/, file)
    t.match(object, /(^|\0)ring\/sub\/own\.h\0/, file)
    t.match(object, /(^|\0)(ring\/\.\.\/)?common\/x\.h\0/, file)
  }
  t.end()
})
