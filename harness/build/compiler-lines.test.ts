import t from 'tap'
import { StepCounter, toolLines, warningsOf } from './compiler-lines.js'

const failed = `make: Entering directory '/cache/tree'
  CC [M]  /build/driver.o
module/driver.c: In function 'driver_init':
module/driver.c:9:16: error: 'missing' undeclared (first use in this function)
    9 |         return missing;
      |                ^~~~~~~
make[1]: *** [scripts/Makefile.build:250: /build/driver.o] Error 1
make: *** [Makefile:2018: /build] Error 2
make: Leaving directory '/cache/tree'
`
const warned = `  CC [M]  /build/driver.o
module/driver.c: In function 'driver_init':
module/driver.c:7:13: warning: unused variable 'x' [-Wunused-variable]
    7 |         int x;
      |             ^
module/driver.c:3:13: warning: 'f' defined but not used [-Wunused-function]
    3 | static void f(void)
      |             ^
  MODPOST /build/Module.symvers
WARNING: modpost: missing MODULE_DESCRIPTION() in driver.o
  LD [M]  /build/driver.ko
`

void t.test('what a tool said stands without make’s own steps', t => {
  const lines = toolLines(failed).split('\n')
  t.equal(lines[0], "module/driver.c: In function 'driver_init':")
  t.match(lines[1], /error: 'missing' undeclared/)
  t.notOk(lines.some(line => /Entering|Leaving| CC /.test(line)))
  t.end()
})

void t.test('endless output is cut, and its end is kept', t => {
  const lines = toolLines(Array.from({ length: 500 }, (_, i) => `error ${i}`).join('\n')).split(
    '\n',
  )
  t.equal(lines.length, 60)
  t.equal(lines.at(-1), 'error 499')
  t.end()
})

void t.test('each warning keeps the lines that show it', t => {
  t.strictSame(warningsOf(warned), [
    "module/driver.c:7:13: warning: unused variable 'x' [-Wunused-variable]\n    7 |         int x;\n      |             ^",
    "module/driver.c:3:13: warning: 'f' defined but not used [-Wunused-function]\n    3 | static void f(void)\n      |             ^",
    'WARNING: modpost: missing MODULE_DESCRIPTION() in driver.o',
  ])
  t.strictSame(warningsOf(failed), [])
  t.end()
})

void t.test('objects are counted wherever the output is split', t => {
  const counter = new StepCounter()
  for (const piece of [
    '  CC      fs/ino',
    'de.o\n  AS      arch/x86/entry.o\n  GEN     Make',
    'file\n',
  ]) {
    counter.add(piece)
  }
  t.equal(counter.objects, 2)
  t.equal(counter.last, 'GEN Makefile')
  t.end()
})
