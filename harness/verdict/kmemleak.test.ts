import t from 'tap'
import { readKmemleak } from './index.js'

/** As since 6.1 (mm/kmemleak.c, print_unreferenced); before, the age follows the jiffies. */
const object = (address: string, size: number, by: string, more = ''): string => `\
unreferenced object 0xff110000${address} (size ${size}):
  comm "pusher", pid 61, jiffies 4294899255${more}
  hex dump (first 32 bytes):
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................
    63 6f 6d 6d 20 22 78 22 2c 20 70 69 64 20 31 00  comm "x", pid 1.
  backtrace (crc 8d6e0a1b):
    [<00000000d4f30a13>] kmalloc_trace+0x25/0xc0
    [<0000000012f30a13>] ${by}
    [<000000005f1be1f2>] ring_ioctl+0xd2/0x107 [ring_test]
`
const push = 'ring_push+0x26/0x40 [ring_test]'

const read = (text: string): unknown[] =>
  readKmemleak(text, ['ring_test'], 77).map(({ title, count, frames }) => [
    title,
    count,
    frames.length,
  ])

void t.test('an empty report has no leak', t => {
  t.strictSame(read(''), [])
  t.end()
})

void t.test('objects with one stack are one finding', t => {
  const text = [
    object('06338700', 96, push),
    object('06338800', 96, 'kstrdup+0x12/0x30'),
    object('06338900', 192, push),
  ].join('')
  t.strictSame(read(text), [
    ['memory leak in ring_push', 2, 3],
    ['memory leak in ring_ioctl', 1, 3],
  ])
  t.end()
})

void t.test('a leak says who allocated it, and where the log was then', t => {
  const text = object('06338700', 96, push, ' (age 12.345s)').replace(' (crc 8d6e0a1b)', '')
  const [leak] = readKmemleak(text, ['ring_test'], 77)
  t.match(leak, {
    kind: 'kmemleak',
    isBesideLog: true,
    function: 'ring_push',
    task: { comm: 'pusher', pid: 61 },
    firstSequence: 77,
    text: text.trimEnd(),
  })
  t.end()
})

void t.test('a report cut anywhere is read as far as it goes', t => {
  const text = object('06338700', 96, push) + object('06338900', 96, push)
  const counts = Array.from(
    { length: text.length + 1 },
    (_, length) => readKmemleak(text.slice(0, length), ['ring_test'], 0).length,
  )
  t.ok(Math.max(...counts) <= 2)
  t.equal(counts[0], 0)
  t.equal(counts.at(-1), 1)
  t.end()
})
