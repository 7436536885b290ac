import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { nameAddresses, readKmemleak, SourceLines, whatRan } from '../index.js'

const SOURCE = `__attribute__((noinline)) int spin(int i) {
  return i / 3;
}
int caller(int i) {
  return spin(i) + 1;
}
__attribute__((section(".init.text"))) int start(int i) {
  return spin(i) + 2;
}
`
const TEXT = 0xffffffffa0000000n
const INIT = 0xffffffffa0005000n
const MAP = `ffffffff81000000 T _stext
ffffffff81000100 t vfs_write
ffffffff81000200 T ksys_write
ffffffff81000300 T _etext
ffffffff82000000 D jiffies
`

/** A module's object, and its functions' addresses when loaded. */
async function ring(t: Test) {
  const folder = t.testdir({ 'ring.c': SOURCE, 'System.map': MAP })
  const [object, map] = [join(folder, 'ring.o'), `-ffile-prefix-map=${folder}=module`]
  const run = promisify(execFile)
  await run('gcc', ['-g', '-O2', '-fno-pic', map, '-c', join(folder, 'ring.c'), '-o', object])
  const { stdout } = await run('nm', [object])
  return {
    addressOf: (name: string): bigint =>
      TEXT + BigInt(`0x${new RegExp(`^([0-9a-f]+) T ${name}$`, 'm').exec(stdout)?.[1]}`),
    sections: [
      { module: 'ring', section: '.init.text', address: INIT, size: 0x100 },
      { module: 'ring', section: '.text', address: TEXT, size: 0x100 },
    ],
    sourceLines: new SourceLines([{ name: 'ring', sources: ['module/ring.c'], debugKo: object }]),
    systemMap: join(folder, 'System.map'),
  }
}

t.test('what a processor was at, and what called that, by its stack', async t => {
  const { addressOf, sections, sourceLines, systemMap } = await ring(t)
  const { text, frames } = await whatRan(
    [
      {
        index: 0,
        instruction: addressOf('spin'),
        stack: [0n, addressOf('caller') + 5n, 0xffffffff82000000n, 0xffffffff81000110n],
      },
      { index: 1, instruction: 0x1234n, stack: [] },
    ],
    sections,
    sourceLines,
    systemMap,
  )
  t.match(text.split('\n'), [
    'CPU 0 was at',
    /^RIP: 0010:spin\+0x0\/0x\w+ \[ring\] module\/ring\.c:2$/,
    /^ \? caller\+0x5\/0x\w+ \[ring\] module\/ring\.c:5$/,
    ' ? vfs_write+0x10/0x100',
    'CPU 1 was at',
    'RIP: 0010:0x1234',
  ])
  const functions = frames.map(({ function: name, module }) => [name, module])
  t.strictSame(functions, [
    ['spin', 'ring'],
    ['caller', 'ring'],
    ['vfs_write', undefined],
  ])
})

t.test('without a System.map the module is named all the same', async t => {
  const processors = [{ index: 0, instruction: 0xffffffff81000110n, stack: [] }]
  const { text } = await whatRan(processors, [], new SourceLines([]), '/nonexistent/System.map')
  t.equal(text, 'CPU 0 was at\nRIP: 0010:0xffffffff81000110')
})

/** As 6.1 and 7.3 print a leak of an unloaded module. */
const leakAt = (address: bigint): string => `unreferenced object 0xff11000006338700 (size 96):
  comm "pusher", pid 61, jiffies 4294899255 (age 6.120s)
  hex dump (first 32 bytes):
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................
  backtrace:
    [<00000000d4f30a13>] __kmalloc+0xa0/0xdd
    [<00000000c0000a13>] 0x${address.toString(16)}
    vfs_write+0x180/0x2d8
    0xffffffffc1234567
`

t.test('leaks of an unloaded module are of its functions, and of two places two', async t => {
  const { addressOf, sections, sourceLines } = await ring(t)
  const text = leakAt(addressOf('caller') + 5n) + leakAt(addressOf('spin') + 3n)
  const named = await nameAddresses(text, sections, sourceLines)
  t.match(named, /\n {4}\[<00000000c0000a13>\] caller\+0x5\/0x\w+ \[ring\]\n/)
  t.match(named, /\n {4}0xffffffffc1234567\n/, 'what is of no module stays')
  const titles = readKmemleak(named, ['ring'], 0).map(({ title }) => title)
  t.strictSame(titles, ['memory leak in caller', 'memory leak in spin'])
})

t.test('a leak of an init function is its own, though its section is freed', async t => {
  const { sections, sourceLines, systemMap } = await ring(t)
  const named = await nameAddresses(leakAt(INIT + 5n), sections, sourceLines)
  t.match(named, /\n {4}\[<00000000c0000a13>\] start\+0x5\/0x\w+ \[ring\]\n/)
  const processors = [{ index: 0, instruction: INIT + 5n, stack: [INIT + 5n] }]
  const ran = await whatRan(processors, sections, sourceLines, systemMap)
  t.equal(ran.text, 'CPU 0 was at\nRIP: 0010:0xffffffffa0005005', 'nothing runs there any more')
})

t.test('where another module was loaded, too, a stack may be of either: none is named', async t => {
  const { sections, sourceLines } = await ring(t)
  const again = { module: 'ring', section: '.text', address: INIT, size: 0x100 }
  const text = leakAt(INIT + 5n)
  t.equal(await nameAddresses(text, [again, ...sections], sourceLines), text)
  const stranger = { ...again, module: 'stranger' }
  const named = await nameAddresses(text, [stranger, ...sections], sourceLines)
  t.match(named, / start\+0x5/, 'what has no function there changes nothing')
})
