import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { FindingReader, Symbolizer, type Finding } from '../index.js'

const run = promisify(execFile)

/** What debug builds of a module do not inline. */
const header = `extern void log_item(int);
#define HELD static __attribute__((noinline, noclone)) int
HELD inner(int i) { log_item(i); return i % 7; }
HELD once(int i) { return inner(i) * 3; }
HELD at_end(int i) { log_item(i); return i % 5; }
HELD twice(int i) { log_item(i); return i % 3; }
HELD on_a_line(int i) { log_item(i); return i % 11; }
`
const ring = `#include "header.h"
int ring_take(int i) {
  return once(i) * 2;
}
__attribute__((section(".exit.text"))) int ring_end(int i) {
  return at_end(i) * 2;
}
int ring_again(int i) {
  return twice(i) * 2 + on_a_line(i) + on_a_line(i + 1);
}
int ring_more(int i) {
  return twice(i) * 3;
}
`
const folder = t.testdir({ 'header.h': header, 'ring.c': ring })
const debugKo = join(folder, 'ring.ko')
const map = `-ffile-prefix-map=${folder}=module`
const built = run('gcc', [
  // As the kernels of images/ do: addr2line misreads files of DWARF 5 in an object.
  '-gdwarf-4',
  '-O2',
  '-fno-pic',
  map,
  '-c',
  join(folder, 'ring.c'),
  '-o',
  debugKo,
])

/** The finding of a lock that is held from this function of the header. */
async function heldFrom(name: string): Promise<Finding | undefined> {
  await built
  const { stdout } = await run('nm', ['-S', debugKo])
  const size = parseInt(new RegExp(` ([0-9a-f]+) t ${name}$`, 'm').exec(stdout)?.[1] ?? '', 16)
  const modules = [{ name: 'ring', sources: ['module/ring.c'], debugKo }]
  const reader = new FindingReader(modules)
  const lines = [
    'WARNING: lock held when returning to user space!',
    'sh/49 is leaving the kernel with locks still held!',
    '1 lock held by sh/49:',
    ` #0: ffffffff81fbd3a0 (rcu_read_lock){....}-{1:2}, at: ${name}+0x2/0x${size.toString(16)} [ring]`,
  ]
  for (const [sequence, text] of lines.entries())
    reader.push({ sequence, timeUs: 0, level: 4, facility: 0, caller: 'T1', text })
  const [finding] = await new Symbolizer(modules).symbolize(reader.end())
  return finding
}

const title = 'lockdep: lock held when returning to user space in'

void t.test('a header function that a report names alone has the line of its caller', async t => {
  t.match(await heldFrom('at_end'), {
    title: `${title} ring_end`,
    function: 'ring_end',
    location: { file: 'module/ring.c', line: 6 },
    related: [{ frames: [{ function: 'at_end' }, { function: 'ring_end' }] }],
    locationReason: undefined,
  })
})

void t.test('so it has through others of the header', async t => {
  const location = { file: 'module/ring.c', line: 3 }
  t.match(await heldFrom('inner'), { title: `${title} ring_take`, location })
})

void t.test('calls on one line are one', async t => {
  t.match(await heldFrom('on_a_line'), { location: { line: 9 }, title: `${title} ring_again` })
})

void t.test('of several callers none is blamed, and each is named', async t => {
  t.match(await heldFrom('twice'), {
    title: `${title} twice`,
    location: undefined,
    locationReason: 'twice is called at module/ring.c:9, at module/ring.c:12',
  })
})
