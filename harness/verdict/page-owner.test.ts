import t from 'tap'
import { pagesOfModules, readLeakedPages } from './index.js'

/** As 6.1 prints it (mm/page_owner.c, print_page_owner). */
const record = (frame: number, ...stack: readonly string[]): string =>
  [
    'Page allocated via order 2, mask 0xcc0(GFP_KERNEL), pid 61, tgid 61 (pusher), ts 5 ns, free_ts 0 ns',
    `PFN ${frame} type Unmovable Block 15 type Unmovable Flags 0x100000000000000(node=0|zone=1)`,
    ...[' get_page_from_freelist+0x424/0x597', ' __alloc_pages+0xc2/0xe6'],
    ...stack,
    ...[' vfs_write+0x9b/0x157', ' do_syscall_64+0x39/0x46', '', ''],
  ].join('\n')
const GROW = ' ring_grow+0x13/0x2a [ring_test]'

const framesOf = (...records: readonly string[]) =>
  pagesOfModules(records.join(''), ['ring_test']).map(({ frame }) => Number(frame))

void t.test('pages are of a module that is on their stack, or was when it was loaded', t => {
  const others = [record(1), record(2, ' user_grow+0x13/0x2a [user]')]
  t.strictSame(framesOf(...others, record(3, GROW), record(4, ' 0xffffffffa0001013')), [3, 4])
  t.strictSame(framesOf(), [])
  const hexadecimal = record(3, GROW).replace('PFN 3 ', 'PFN 0x1fa ')
  t.strictSame(framesOf(hexadecimal), [0x1fa], 'as 7.3 prints it')
  t.end()
})

void t.test('what the kernel keeps for whoever asks next is not the module’s', t => {
  const keepers = [
    'allocate_slab',
    '__pte_alloc_kernel',
    'page_frag_alloc_align',
    'pcpu_populate_chunk',
  ]
  for (const name of [...keepers, 'asm_exc_page_fault', 'stack_depot_save', '__filemap_get_folio'])
    t.strictSame(framesOf(record(1, ` ${name}+0x1/0x2`, GROW)), [], name)
  t.strictSame(framesOf(record(1, ' kmalloc_large_node+0x1/0x2', GROW)), [1])
  t.end()
})

void t.test('a task’s name makes nothing of it', t => {
  const text =
    record(1).replace('(pusher)', '([ring_test])') +
    record(2, GROW).replace('(pusher)', '(slabtop)')
  t.strictSame(framesOf(text), [2])
  const lines = ['\n a+0x1/0x2 [ring_test]', '\n 0x12345678'].map(comm =>
    record(1).replace('pusher', comm),
  )
  t.strictSame(framesOf(...lines), [], 'nor one of two lines')
  const hidden = record(3, GROW).replace('pusher', '\n slab+0x1/0x2')
  t.strictSame(framesOf(hidden), [3])
  t.end()
})

void t.test('whatever the kernel keeps, a leak behind it is seen', t => {
  const kept = record(1, ' allocate_slab+0x1/0x2', GROW)
  t.strictSame(framesOf(kept.repeat(10_000), record(2, GROW)), [2])
  t.end()
})

void t.test('pages with one stack are one leak', t => {
  const text = [record(1, GROW), record(2, ' ring_open+0x1/0x2 [ring_test]'), record(3, GROW)]
  t.match(readLeakedPages(text.join(''), ['ring_test'], 77), [
    {
      kind: 'page-owner',
      title: 'pages leaked in ring_grow',
      function: 'ring_grow',
      count: 2,
      task: { comm: 'pusher', pid: 61 },
      firstSequence: 77,
      isBesideLog: true,
    },
    { title: 'pages leaked in ring_open', count: 1 },
  ])
  t.end()
})

void t.test('functions of two modules with one name leak each for itself', t => {
  const stacks = ['ring', 'user'].map(name => record(1, ` grow+0x13/0x2a [${name}]`))
  t.equal(readLeakedPages(stacks.join(''), ['ring', 'user'], 0).length, 2)
  t.end()
})

void t.test('a record that is too long says that it is cut', t => {
  const long = Array.from({ length: 10 }, () => ` ${'x'.repeat(900)}`)
  const [leak] = readLeakedPages(record(1, GROW, ...long), ['ring_test'], 0)
  t.match(leak, { cut: /longer than 8192 characters/ })
  t.equal(leak?.text.length, 8192)
  t.end()
})

void t.test('an allocator that is compiled into the module is not where it leaks', t => {
  for (const name of ['alloc_pages.constprop.0', 'alloc_pages', '__get_free_pages']) {
    const text = record(1, ` ${name}+0x3c/0x56 [ring_test]`, GROW)
    t.match(readLeakedPages(text, ['ring_test'], 0), [{ function: 'ring_grow' }], name)
  }
  t.end()
})

void t.test('a report cut anywhere is read as far as it goes', t => {
  const text = record(1, GROW) + record(2, GROW)
  for (let length = 0; length <= text.length; length += 1)
    t.ok(readLeakedPages(text.slice(0, length), ['ring_test'], 0).length <= 2)
  t.end()
})
