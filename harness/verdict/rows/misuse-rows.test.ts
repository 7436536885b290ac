import t from 'tap'
import { FindingReader } from '../reader/finding-reader.js'

/** The findings in kernel lines. */
function found(...lines: readonly string[]) {
  const reader = new FindingReader([{ name: 'ring', sources: ['module/ring.c'] }])
  const from = { caller: 'T61', facility: 0, level: 4 }
  const findings = lines.flatMap((text, sequence) =>
    reader.push({ ...from, sequence, timeUs: sequence * 1000, text }),
  )
  return [...findings, ...reader.end()]
}

const trace = [
  'CPU: 0 PID: 61 Comm: insmod Not tainted',
  'Call Trace:',
  ' dump_stack+0x1/0x2',
  ' ring_init+0x1/0x2 [ring]',
]

void t.test('calls that a module made wrongly, as 5.10 to 7.x say it', async t => {
  const said: readonly (readonly [title: string, ...lines: string[]])[] = [
    [
      'init of ring returned a positive number, neither 0 nor an error',
      "do_init_module: 'ring'->init suspiciously returned 1, it should follow 0/-E convention\\x0ado_init_module: loading module anyway...",
      ...trace,
    ],
    [
      'init of ring returned a positive number, neither 0 nor an error',
      'ring: init suspiciously returned 1, it should follow 0/-E convention',
    ],
    [
      'release_region: Trying to free nonexistent resource',
      'Trying to free nonexistent resource <0000000000009000-000000000000900f>',
    ],
    [
      'release_region: Trying to free nonexistent resource',
      'resource: Trying to free nonexistent resource <0x0000000000009000-0x000000000000900f>',
    ],
    [
      'kobject: tried to init an initialized object in ring_init',
      'kobject (00000000c0ffee00): tried to init an initialized object, something is seriously wrong.',
      ...trace,
    ],
    [
      'kobject: tried to init an initialized object in ring_init',
      'kobject: kobject (00000000c0ffee00): tried to init an initialized object, something is seriously wrong.',
      ...trace,
    ],
    [
      'kobject: tried to add an uninitialized object in ring_init',
      "kobject 'ring' (00000000c0ffee00): tried to add an uninitialized object, something is seriously wrong.",
      ...trace,
    ],
    ['sysctl: duplicate entry: /kernel/ring', 'sysctl duplicate entry: /kernel/ring'],
    [
      'sysctl: table check failed: kernel/ring No proc_handler',
      'sysctl table check failed: kernel/ring No proc_handler',
    ],
    [
      "debugfs: Directory 'ring' with parent '/' already present",
      "debugfs: Directory 'ring' with parent '/' already present!",
    ],
    ["debugfs: 'ring' already exists in '/'", "debugfs: 'ring' already exists in '/'"],
    [
      "Driver 'ring' is already registered",
      "Error: Driver 'ring' is already registered, aborting...",
    ],
    [
      'sysfs: ring_show returned a bad count',
      'fill_read_buffer: ring_show+0x0/0x20 [ring] returned bad count',
    ],
    [
      'sysfs: ring_show returned a bad count',
      'dev_attr_show: ring_show+0x0/0x20 [ring]/0x0 returned bad count',
    ],
    [
      'seq_file: buggy .next function ring_next [ring] did not update position index',
      'seq_file: buggy .next function ring_next [ring] did not update position index',
    ],
    ['irq handler: bogus return value', 'irq event 11: bogus return value 7', ...trace],
    ['Attempt to kill tasklet from interrupt', 'softirq: Attempt to kill tasklet from interrupt'],
    ['dev_remove_pack: not found', 'dev_remove_pack: 00000000c0ffee00 not found'],
    [
      'dma_pool_destroy ring: memory of it is in use',
      'ring ring.0: dma_pool_destroy ring, 00000000c0ffee00 busy',
    ],
    ['dma_pool_destroy ring: memory of it is in use', 'ring ring.0: dma_pool_destroy ring busy'],
    [
      'dma_pool_free ring: already free',
      'ring ring.0: dma_pool_free ring, dma 0x0000000001234000 already free',
    ],
  ]
  for (const [title, ...lines] of said) {
    const findings = found(...lines)
    t.strictSame(
      findings.map(finding => finding.title),
      [title],
      lines[0] ?? '',
    )
  }
  const [shown] = found('fill_read_buffer: ring_show+0x0/0x20 [ring] returned bad count')
  t.match(shown?.frames, [{ function: 'ring_show', module: 'ring' }], 'its line can be looked up')
})

void t.test('what is said of other things, and by others, is no finding', async t => {
  for (const text of [
    'ring: loading out-of-tree module taints kernel.',
    'ring: Trying to free nonexistent resource, as asked',
    'sysctl could not get directory: /net/ring',
    "Driver 'ring' is fine",
  ])
    t.strictSame(found(text), [], text)
})
