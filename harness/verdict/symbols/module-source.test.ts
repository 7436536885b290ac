import t from 'tap'
import { locate, locateHeadline } from './module-source.js'

const sources = [
  'module/main.c',
  'ring-1.0~rc1/ring.c',
  'module/lib/util.c',
  'lib/util.c',
  'include/ring.h',
]
const module = { name: 'ring', sources }
const place = (name: string) => locate(module, name, 7)?.file

void t.test('a module’s file is found however it was named', t => {
  for (const [name, file] of [
    ['module/main.c', 'module/main.c'],
    // Relative to the kernel's tree, up to 6.12.
    ['/cache/6.1/tree/module/main.c', 'module/main.c'],
    ['/cache/6.1/tree/module/../include/ring.h', 'include/ring.h'],
    ['/cache/build/module/lib/util.c', 'module/lib/util.c'],
    // From the module's folder, from 7.2 on.
    ['module/module/main.c', 'module/main.c'],
    ['module/../lib/util.c', 'lib/util.c'],
  ] as const)
    t.equal(place(name), file, name)
  t.end()
})

void t.test('a file in no folder is found by its whole name alone', t => {
  const place = (name: string) =>
    locate({ name: 'ring', sources: ['ring.c', 'list.h', 'sub/own.h'] }, name, 7)?.file
  t.equal(place('ring.c'), 'ring.c')
  t.equal(place('./list.h'), 'list.h')
  t.equal(place('./sub/own.h'), 'sub/own.h')
  t.equal(place('/cache/6.1/tree/include/linux/list.h'), undefined)
  t.equal(place('././include/linux/list.h'), undefined)
  t.end()
})

void t.test('a file of the kernel is none of the module’s, though its name is alike', t => {
  for (const name of [
    'kernel/module/main.c',
    'lib/list_debug.c',
    'include/linux/list.h',
    '/cache/6.1/tree/include/linux/list.h',
    'main.c',
  ])
    t.equal(place(name), undefined, name)
  const old = 'kernel BUG at ring-1.0~rc1/ring.c:3!'
  t.match(locateHeadline(old, [module], undefined), { file: 'ring-1.0~rc1/ring.c' })
  const bug = 'kernel BUG at lib/list_debug.c:26!'
  t.equal(locateHeadline(bug, [module], undefined), undefined)
  t.strictSame(locateHeadline('kernel BUG at lib/util.c:26!', [module], undefined), {
    file: 'lib/util.c',
    line: 26,
  })
  t.end()
})
