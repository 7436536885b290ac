import t from 'tap'
import { compilerErrors, StepCounter, warningsOf } from './compiler-lines.js'

const own = ['a', 'driver', 'other'].map(name => `module/${name}.c`)
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

const linesOf = (output: string, own?: readonly string[]): string[] =>
  compilerErrors(output, own).detail?.split('\n') ?? []

void t.test('make’s own steps are removed from the output', t => {
  const lines = linesOf(failed)
  t.equal(lines[0], "module/driver.c: In function 'driver_init':")
  t.match(lines[1], /error: 'missing' undeclared/)
  t.notOk(lines.some(line => /Entering|Leaving| CC |Error 1/.test(line)))
  t.end()
})

void t.test('long output without an error is cut to its last lines', t => {
  const output = Array.from({ length: 500 }, (_, i) => `line ${i}`).join('\n')
  const lines = linesOf(output)
  t.equal(lines.length, 60)
  t.equal(lines.at(-1), 'line 499')
  t.end()
})

/** As gcc 12 has it of an error inside of macros of a kernel header: 22 lines each. */
const inMacros = (line: number): string =>
  `In file included from <command-line>:
include/linux/compiler-gcc.h:42:45: error: storage class specified for parameter '__UNIQUE_ID${line}'
   42 | #define __UNIQUE_ID(prefix) __PASTE(__PASTE(__UNIQUE_ID_, prefix), __COUNTER__)
${'include/linux/compiler_types.h:86:23: note: in definition of macro\n   86 | #define ___PASTE(a,b) a##b\n'.repeat(9)}module/driver.c:${line}:1: note: in expansion of macro 'MODULE_LICENSE'
`
const many = `  CC [M]  module/driver.o
module/driver.c: In function 'fire':
module/driver.c:7:24: error: implicit declaration of function 'from_timer' [-Werror=implicit-function-declaration]
    7 |         struct a *a = from_timer(a, t, timer);
      |                        ^~~~~~~~~~
module/driver.c:8:1: warning: unused variable 'b' [-Wunused-variable]
${[20, 30, 40, 50, 60].map(inMacros).join('')}module/other.c:3:1: error: expected ';' before 'int'
make[1]: *** [scripts/Makefile.build:255: /build/driver.o] Error 1
`

void t.test('long output keeps every error, and the first with its context', t => {
  const lines = linesOf(many)
  t.ok(lines.length < 75, `${lines.length} lines`)
  t.strictSame(lines.slice(0, 4), many.split('\n').slice(1, 5))
  t.equal(lines.filter(line => line.includes('error: ')).length, 7)
  t.equal(lines.filter(line => line.includes('warning: ')).length, 0)
  t.match(lines.at(-1), /^module\/other\.c:3:1: error/)
  const cut = lines.reduce(
    (sum, line) => sum + Number(/^ {2}… (\d+) lines?/.exec(line)?.[1] ?? 0),
    0,
  )
  const told = lines.filter(line => !line.startsWith('  … ')).length
  t.equal(cut + told, many.trimEnd().split('\n').length - 2, 'each line is there or counted')
  t.end()
})

void t.test('omitted errors are counted', t => {
  const output = Array.from({ length: 500 }, (_, i) => `module/a.c:${i}:1: error: no`).join('\n')
  const lines = linesOf(output)
  t.equal(lines[0], 'module/a.c:0:1: error: no')
  t.equal(lines.at(-1), '  … 440 lines, 440 of them errors')
  t.end()
})

void t.test('the user’s own errors come first, then others with the places that led to them', t => {
  const output = `${inMacros(20)}${inMacros(30)}${many}`
  const lines = linesOf(output, own)
  t.strictSame(lines.slice(0, 8), [
    ...many.split('\n').slice(1, 5),
    "module/other.c:3:1: error: expected ';' before 'int'",
    ...inMacros(20).split('\n').slice(1, 3),
    "module/driver.c:20:1: note: in expansion of macro 'MODULE_LICENSE'",
  ])
  const used = lines.filter(line => line.includes('in expansion of macro'))
  t.equal(used.length, 7, 'each error has its place in the module')
  t.notOk(lines.some(line => line.includes('in definition of macro')))
  const more = linesOf(Array.from({ length: 30 }, (_, line) => inMacros(line)).join(''), own)
  t.equal(more.filter(line => line.includes('error: ')).length, 30, 'no error is left out')
  const cut = Number(/^ {2}… (\d+) lines$/.exec(lines.at(-1) ?? '')?.[1])
  const all = output.split('\n').filter(line => !/^ {2}CC|^make|^$/.test(line))
  t.equal(lines.length - 1 + cut, all.length, 'each line is there or counted')

  const header = `In file included from include/linux/b.h:4,
                 from module/driver.c:4:
include/linux/a.h:1:5: error: no
    1 | int
`
  t.strictSame(linesOf(header, own), [
    ...header.split('\n').slice(1, 4),
    'In file included from include/linux/b.h:4,',
  ])
  t.strictSame(compilerErrors(header, own).at, {
    file: 'module/driver.c',
    line: 4,
  })
  t.strictSame(compilerErrors(inMacros(20), own).at, {
    file: 'module/driver.c',
    line: 20,
  })
  t.strictSame(linesOf(failed, own), linesOf(failed), 'what needs no order keeps its own')
  t.end()
})

void t.test('the first place in the module is found', t => {
  t.strictSame(compilerErrors(many, own).at, { file: 'module/driver.c', line: 7 })
  t.strictSame(
    compilerErrors(inMacros(20), own).at,
    { file: 'module/driver.c', line: 20 },
    'that uses the macro',
  )
  const header =
    'In file included from module/driver.c:4:\ninclude/linux/a.h:1:5: error: no\n    1 | int\n'
  t.strictSame(
    compilerErrors(header, own).at,
    { file: 'module/driver.c', line: 4 },
    'that includes the header',
  )
  t.equal(compilerErrors('ERROR: modpost: "a" [module/driver.ko] undefined!', own).at, undefined)
  t.equal(compilerErrors(warned, own).at, undefined)
  t.equal(compilerErrors(failed).at, undefined, 'a kernel has no files of the user')
  t.end()
})

void t.test('the first error is a line of its own, of the user’s files if one is there', t => {
  t.match(compilerErrors(`${inMacros(20)}${many}`, own), {
    firstError: /^module\/driver\.c:7:24: error: implicit declaration/,
  })
  t.match(compilerErrors(failed), { firstError: /^module\/driver\.c:9:16: error: / })
  t.notMatch(compilerErrors(warned), { firstError: String })
  t.end()
})

void t.test('each warning keeps its context lines', t => {
  t.strictSame(warningsOf(warned), [
    "module/driver.c:7:13: warning: unused variable 'x' [-Wunused-variable]\n    7 |         int x;\n      |             ^",
    "module/driver.c:3:13: warning: 'f' defined but not used [-Wunused-function]\n    3 | static void f(void)\n      |             ^",
    'WARNING: modpost: missing MODULE_DESCRIPTION() in driver.o',
  ])
  const other = `warning: the compiler differs from the one used to build the kernel
  The kernel was built by: gcc (Toy) 11.4.0
  You are using:           gcc-11 (Toy) 11.2.0
`
  t.strictSame(warningsOf(other), [], 'what is said of the host is no warning of the module')
  const lines = `In file included from include/linux/string.h:306,
                 from module/driver.c:3:
In function 'fortify_memcpy_chk',
    inlined from 'driver_init' at module/driver.c:13:2:
include/linux/fortify-string.h:404:25: warning: call to '__write_overflow_field'
  404 |                         __write_overflow_field(p_size_field, size);
module/driver.c: In function 'driver_exit':
include/linux/minmax.h:80:22: warning: comparison between pointer and integer
   80 | #define __cmp_op_min <
module/driver.c:12:17: note: in expansion of macro 'min'
module/driver.c:20:5: error: undefined identifier 'ring'
module/driver.c:11:30: warning: incorrect type in argument 1 (different address spaces)
module/driver.c:11:30:    expected void [noderef] __user *to
driver.c:8:5: warning: no previous prototype for function 'ring_read' [-Wmissing-prototypes]
int ring_read(char *to)
    ^
driver.c:8:1: note: declare 'static' if the function is not intended to be used outside
int ring_read(char *to)
^
static
1 warning generated.
Skipping BTF generation
`.split('\n')
  const parts = [[4, 3, 5], [7, 8, 9], [10], [11, 12], [13, 14, 15, 16, 17, 18]]
  const expected = parts.map(part => part.map(at => lines[at]).join('\n'))
  t.strictSame(warningsOf(lines.join('\n')), expected, 'also of sparse and clang')
  t.strictSame(warningsOf('  CC [M]  /build/driver.o\n'), [])
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

void t.test('of an error in a header’s inlined function, the user’s own caller is its place', t => {
  // As gcc 12 has it of a copy_to_user() that is too long.
  const inlined = `In file included from include/linux/fs.h:6,
                 from module/driver.c:3:
In function ‘check_copy_size’,
    inlined from ‘copy_to_user’ at include/linux/uaccess.h:168:6,
    inlined from ‘driver_wait’ at module/driver.c:114:6,
    inlined from ‘driver_ioctl’ at module/driver.c:128:10:
include/linux/thread_info.h:228:25: error: call to ‘__bad_copy_from’ declared with attribute error: copy source size is too small
  228 |                         __bad_copy_from();
      |                         ^~~~~~~~~~~~~~~~~
`
  const { at, detail } = compilerErrors(inlined, own)
  t.strictSame(at, { file: 'module/driver.c', line: 114 })
  t.match(detail, /^ +inlined from ‘driver_wait’ at .*\n.*copy source size is too small\n/)
  t.end()
})
