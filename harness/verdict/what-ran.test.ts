import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { Symbolizer, whatRan } from './index.js'

const SOURCE = `__attribute__((noinline)) int spin(int i) {
  return i / 3;
}
int caller(int i) {
  return spin(i) + 1;
}
`
const TEXT = 0xffffffffa0000000n
const MAP = `ffffffff81000000 T _stext
ffffffff81000100 t vfs_write
ffffffff81000200 T ksys_write
ffffffff81000300 T _etext
ffffffff82000000 D jiffies
`

t.test('what a processor was at, and what called that, by its stack', async t => {
  const folder = t.testdir({ 'ring.c': SOURCE, 'System.map': MAP })
  const [object, map] = [join(folder, 'ring.o'), `-ffile-prefix-map=${folder}=module`]
  const run = promisify(execFile)
  await run('gcc', ['-g', '-O2', '-fno-pic', map, '-c', join(folder, 'ring.c'), '-o', object])
  const { stdout } = await run('nm', [object])
  const offsetOf = (name: string): bigint =>
    BigInt(`0x${new RegExp(`^([0-9a-f]+) T ${name}$`, 'm').exec(stdout)?.[1]}`)
  const text = await whatRan(
    [
      {
        index: 0,
        instruction: TEXT + offsetOf('spin'),
        stack: [0n, TEXT + offsetOf('caller') + 5n, 0xffffffff82000000n, 0xffffffff81000110n],
      },
      { index: 1, instruction: 0x1234n, stack: [] },
    ],
    [{ module: 'ring', section: '.text', address: TEXT }],
    new Symbolizer([{ name: 'ring', sourcePrefix: 'module/', debugKo: object }]),
    join(folder, 'System.map'),
  )
  t.match(text.split('\n'), [
    'CPU 0 was at',
    /^RIP: 0010:spin\+0x0\/0x\w+ \[ring\] module\/ring\.c:2$/,
    /^ \? caller\+0x5\/0x\w+ \[ring\] module\/ring\.c:5$/,
    ' ? vfs_write+0x10/0x100',
    'CPU 1 was at',
    'RIP: 0010:0x1234',
  ])
})

t.test('without a System.map the module is named all the same', async t => {
  const processors = [{ index: 0, instruction: 0xffffffff81000110n, stack: [] }]
  const text = await whatRan(processors, [], new Symbolizer([]), '/nonexistent/System.map')
  t.equal(text, 'CPU 0 was at\nRIP: 0010:0xffffffff81000110')
})
