import t from 'tap'
import { findingLines, isOwn, summaryLine, type Finding } from './findings.js'

const MACRO = `include/linux/minmax.h:80:22: warning: comparison between pointer and integer
   80 | #define __cmp_op_min <
include/linux/minmax.h:83:30: note: in expansion of macro '__cmp_op_min'
`

void t.test('warnings of the kernel’s own headers are not the module’s', t => {
  const own = [
    'ring.c:7:3: warning: a',
    'inc/ring.h:3:1: warning: a',
    `${MACRO}ring.c:12:17: note: in expansion of macro 'min'`,
    "include/linux/fortify-string.h:404:25: warning: a\n    inlined from 'f' at ring.c:13:2:",
    'WARNING: modpost: missing MODULE_DESCRIPTION() in ring.o',
  ]
  const others = [
    "include/linux/mmzone.h:1136:13: warning: variable 'nid' set but not used",
    `${MACRO}include/linux/b.h:9:1: note: in expansion of macro 'min'`,
  ]
  const isOurs = (text: string) => isOwn(text, ['ring.c', 'inc/ring.h'])
  t.strictSame([...own, ...others].filter(isOurs), own)
  t.end()
})

void t.test('what several kernels find is told once, and what two tools find twice', t => {
  const text = 'ring.c:7:3: warning: a'
  const findings: Finding[] = [
    { by: 'W=1', text: `${text}\n    7 | int a;`, on: '5.10.262 plain' },
    { by: 'sparse', text, on: '6.1.192 plain' },
    { by: 'W=1', text: `${text}\n    7 | int a;\nring.h:1:1: note: b`, on: '6.1.192 plain' },
  ]
  t.strictSame(findingLines(findings), [
    `${text}\n      7 | int a;\n  W=1, 5.10.262 plain, 6.1.192 plain`,
    `${text}\n  sparse, 6.1.192 plain`,
  ])
  t.end()
})

void t.test('where nothing was built, nothing is said to be without findings', t => {
  t.equal(summaryLine(0, ['6.1.192 plain']), 'no findings on 6.1.192 plain')
  t.equal(summaryLine(1, ['6.1.192 plain', '7.3 plain']), '1 finding on 6.1.192 plain, 7.3 plain')
  const none = 'compiler and sparse checked nothing: the modules build for none of these kernels'
  t.equal(summaryLine(0, []), none)
  t.equal(summaryLine(2, []), `2 findings of checkpatch; ${none}`)
  t.end()
})
