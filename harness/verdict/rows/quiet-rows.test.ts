import t from 'tap'
import type { Finding } from '../finding.js'
import { FindingReader } from '../reader/finding-reader.js'

function findingsIn(lines: readonly string[]): Finding[] {
  const reader = new FindingReader([{ name: 'ring', sources: ['module/ring.c'] }])
  const findings = lines.flatMap((text, index) =>
    reader.push({
      sequence: index,
      timeUs: index * 1000,
      caller: 'T61',
      facility: 0,
      level: 4,
      text,
    }),
  )
  return [...findings, ...reader.end()]
}

/** Titles of the findings in kernel lines. */
const found = (...lines: readonly string[]): string[] =>
  findingsIn(lines).map(({ kind, title }) => `${kind}: ${title}`)

const trace = [
  'CPU: 0 PID: 61 Comm: rmmod',
  'Call Trace:',
  ' dump_stack+0x1/0x2',
  ' ring_exit+0x1/0x2 [ring]',
]

void t.test('complaints that nothing introduces, as 5.10 to 7.x print them', async t => {
  const complaints: readonly (readonly [string, readonly string[]])[] = [
    [
      'slub: slub: cache destroyed with objects in it in ring_exit',
      ['kmem_cache_destroy ring_cache: Slab cache still has objects', ...trace],
    ],
    [
      'unknown-parameter: insmod ring: the module has no parameter nosuch',
      ["ring: unknown parameter 'nosuch' ignored"],
    ],
    ['vfs: VFS: Close: file count is 0', ['VFS: Close: file count is 0']],
    [
      'warning: irq: nobody cared',
      [
        'irq 11: nobody cared (try booting with the "irqpoll" option)',
        ...trace,
        'handlers:',
        '[<00000000c0ffee00>] ring_irq [ring]',
        'Disabling IRQ #11',
      ],
    ],
    [
      'warning: wrong timeout value in ring_exit',
      ['schedule_timeout: wrong timeout value ffffffffffff0000', ...trace],
    ],
    [
      'workqueue-lockup: workqueue lockup in ring_work',
      [
        'BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 31s!',
        'Showing busy workqueues and worker pools:',
        'workqueue events: flags=0x0',
        '  pwq 0: cpus=0 node=0 flags=0x0 nice=0 active=1/256 refcnt=2',
        '    in-flight: 23:ring_work [ring]',
        '    pending: vmstat_shepherd',
      ],
    ],
    [
      'preemption: softirq TASKLET left another preempt count than it found',
      [
        'softirq: huh, entered softirq 6 TASKLET 00000000abcd with preempt_count 00000100, exited with 00000101?',
      ],
    ],
    [
      'refcount: refcount: unregister_netdevice waits for a device to become free',
      ['unregister_netdevice: waiting for ring0 to become free. Usage count = 2'],
    ],
    [
      'debug-objects: ODEBUG: Out of memory. ODEBUG disabled',
      ['ODEBUG: Out of memory. ODEBUG disabled'],
    ],
    [
      'oops: oops in ring_read',
      ['Bad pagetable: 000d [#1] PREEMPT SMP', 'RIP: 0010:ring_read+0x1/0x2 [ring]', ...trace],
    ],
  ]
  for (const [title, lines] of complaints) t.strictSame(found(...lines), [title])
})

void t.test('a cache with objects, of later kernels, is the WARN() it stands in', async t => {
  const titles = found(
    '------------[ cut here ]------------',
    'kmem_cache_destroy ring_cache: Slab cache still has objects when called from ring_exit+0x1/0x2 [ring]',
    'WARNING: CPU: 0 PID: 61 at mm/slab_common.c:520 kmem_cache_destroy+0x1/0x2',
    ...trace,
    '---[ end trace 0000000000000000 ]---',
  )
  t.strictSame(titles, ['slub: slub: cache destroyed with objects in it in ring_exit'])
})

void t.test('an interrupt that nobody cared for is its handler’s', async t => {
  const handlers = ['handlers:', '[<00000000c0ffee00>] ring_irq [ring]', 'Disabling IRQ #11']
  const [finding] = findingsIn(['irq 11: nobody cared (try "irqpoll")', ...trace, ...handlers])
  t.equal(finding?.function, 'ring_irq')
})

void t.test('a process that is called like a complaint is none', async t => {
  for (const name of ['BUG: x', 'BUG: KASAN: abc', 'Oops: x', 'int3: x', 'UBSAN: x', 'irq 1: n']) {
    for (const line of [
      `${name}[61]: segfault at 0 ip 0000000000401136 sp 00007ffd0e1b7b40 error 4 in prog[401000+1000]`,
      `traps: ${name}[61] general protection fault ip:401136 sp:7ffd0e1b7b40 error:0`,
      `${name}[61] trap int3 ip:401136 sp:7ffd0e1b7b40 error:0`,
      `${name} (61): drop_caches: 3`,
      `${name}: page allocation failure: order:10, mode:0x40cc0(GFP_KERNEL)`,
    ])
      t.strictSame(found(line), [], line)
  }
})
