import t from 'tap'
import { readProgramHeader } from './program-header.js'

t.test('the comment of a C file or a script has fields', t => {
  const c = `/* modprove: modules=core,ring timeout=60 cflags="-DA=1 -lm" */
// modprove: sources=lib/a.c,b.c
/*
 * modprove: include=../common flavour=debug since=6.1
 */
int main(void) { return 0; } // says modprove: nothing=here`
  t.strictSame(readProgramHeader(c, 'a.suite.c', 'suite'), {
    modules: ['core', 'ring'],
    timeout: 60,
    cflags: ['-DA=1', '-lm'],
    sources: ['lib/a.c', 'b.c'],
    include: ['../common'],
    flavour: ['debug'],
    since: '6.1',
  })
  const script = '#!/bin/sh\n# modprove: modules=ring until=6.12\n'
  t.strictSame(readProgramHeader(script, 'a.suite.sh', 'script'), {
    modules: ['ring'],
    until: '6.12',
  })
  t.strictSame(readProgramHeader('int main;', 'a.c', 'program'), {})
  t.end()
})

t.test('its mistakes are reported together, with the nearest right names', t => {
  const cases = [
    [
      'suite',
      'module=ring timeout=0 since=6 quick modules=a modules=b',
      /^a has 5 mistakes:\n  timeout should be seconds, got "0"\n  since should be a kernel series such as 6.1, got "6"\n  module is unknown. Did you mean "modules"\?\n  "quick" should be field=value\n  modules is there twice$/,
    ],
    ['script', 'sources=a.c', /^a: sources is unknown. Known: modules, timeout/],
    ['program', 'modules=ring', /^a: modules is unknown. Known: sources, cflags, include$/],
  ] as const
  for (const [kind, line, message] of cases)
    t.throws(() => readProgramHeader(`// modprove: ${line}\n`, 'a', kind), {
      code: 'CONFIGURATION',
      exitCode: 2,
      message,
      remedy: 'Correct the comment "modprove: …" in a',
    })
  t.end()
})
