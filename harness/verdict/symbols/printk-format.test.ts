import t from 'tap'
import { FindingReader, Symbolizer, type Finding } from '../index.js'

const SOURCE = `#include <linux/printk.h>
static void complain(int id, const char *why)
{
	pr_err("%s\\n", why);
	pr_err("BUG: item %d of the ring \\"%s\\" is lost, %pS\\n", id, why, complain);
	pr_err("BUG: no room\\n");
	dev_err(dev, "BUG: no room\\n");
	pr_err("Oops: %s, nothing serious\\n", why);
	pr_info("Kernel panic - not syncing: only joking\\n");
	pr_info("INFO: task foo:%d blocked for more than 120 seconds.\\n", id);
	pr_warn("Trying to free nonexistent resource <%d>\\n", id);
	pr_err("WARNING: CPU: %d PID: %d at %pS\\n", id, id, complain);
	pr_err("WARNING: CPU: %d PID: %d at %s:%d %pS is odd\\n", id, id, __FILE__, 7, complain);
}
`

const root = t.testdir({
  ring: { 'ring.c': SOURCE },
  deep: { 'pool.h': '"BUG: pool %08lx gone"\n' },
})
const sources = ['ring/ring.c', 'deep/pool.h', 'ring/generated.h']
const foundIn = async (root: string, lines: readonly string[]): Promise<Finding | undefined> => {
  const modules = [{ name: 'ring', sources, root }]
  const reader = new FindingReader(modules)
  const ended = lines.flatMap((text, sequence) =>
    reader.push({ sequence, timeUs: 0, level: 3, facility: 0, caller: 'T1', text }),
  )
  const [finding] = await new Symbolizer(modules).symbolize([...ended, ...reader.end()])
  return finding
}
const found = (...lines: readonly string[]): Promise<Finding | undefined> => foundIn(root, lines)

const find = async (text: string, folder = root) => (await foundIn(folder, [text]))?.location

void t.test('words are found by the format that prints them', async t => {
  t.match(await find('BUG: item 12 of the ring "a" is lost, f+0x1/0x2'), {
    file: 'ring/ring.c',
    line: 5,
  })
  t.match(await find('BUG: pool 0000abcd gone'), { file: 'deep/pool.h', line: 1 })
  for (const other of ['BUG: item 12 is lost', 'BUG: Bad rss-counter state', 'BUG: no room'])
    t.equal(await find(other), undefined, `${other}: by none, or by two`)
  t.equal(await find('BUG: pool 0000abcd gone', `${root}/absent`), undefined)
})

void t.test("a finding that is a module's own printk has its line, and says so", async t => {
  t.match(await found('BUG: item 12 of the ring "a" is lost, f+0x1/0x2', 'ring: and more'), {
    kind: 'bug',
    isPrintk: true,
    location: { file: 'ring/ring.c', line: 5 },
  })
  t.match(await found('BUG: what no source here has'), {
    isPrintk: undefined,
    location: undefined,
    locationReason: /without a trace/,
  })
  const traced = await found('BUG: no such', 'Call Trace:', ' kfree+0x1/0x2', ' x+0x1/0x2')
  t.equal(traced?.locationReason, undefined, 'what has a trace is the kernel’s')
})

void t.test('so it is with every headline that the kernel would not leave alone', async t => {
  const own: readonly (readonly [string, number, string])[] = [
    ['Oops: 7 words, nothing serious', 8, 'Oops: N words, nothing serious'],
    ['Kernel panic - not syncing: only joking', 9, 'Kernel panic - not syncing: only joking'],
    [
      'INFO: task foo:12 blocked for more than 120 seconds.',
      10,
      'INFO: task foo:N blocked for more than N seconds',
    ],
    ['Trying to free nonexistent resource <3>', 11, 'Trying to free nonexistent resource <N>'],
  ]
  for (const [text, line, title] of own)
    t.match(
      await found(text, 'ring: and more'),
      { isPrintk: true, location: { file: 'ring/ring.c', line }, title },
      text,
    )
  t.match(await found('INFO: task bar:7 blocked for more than 5 seconds.'), {
    isPrintk: undefined,
    locationReason: /without a trace/,
  })
  const kernels = await found(
    'INFO: task foo:12 blocked for more than 120 seconds.',
    'task:foo             state:D stack:0     pid:12    ppid:2      flags:0x00004000',
    'Call Trace:',
    ' <TASK>',
    ' __schedule+0x1/0x2',
    ' </TASK>',
  )
  t.match(kernels, { isPrintk: undefined, locationReason: undefined, kind: 'hung-task' })
  const cut = await found('Oops: 0002 [#1]', 'CPU: 0 PID: 61 Comm: sh Not tainted')
  t.match(cut, { isPrintk: undefined, locationReason: undefined }, 'what is cut off is no word')
  t.equal((await found('VFS: Close: file count is 0'))?.locationReason, undefined, 'a line, always')
})

void t.test('words of a warning are told by what no warning of the kernel lacks', async t => {
  const at = 'WARNING: CPU: 0 PID: 61 at ring_push+0x5/0x20 [ring]'
  const inFile = 'WARNING: CPU: 0 PID: 61 at ring/ring.c:7 ring_push+0x5/0x20 [ring] is odd'
  t.match(await found(at, 'ring: and more'), { isPrintk: true, location: { line: 12 } })
  t.match(await found(inFile), { isPrintk: true, location: { file: 'ring/ring.c', line: 13 } })
  t.match(await foundIn(`${root}/absent`, [at]), {
    isPrintk: undefined,
    locationReason: /without a trace/,
  })
  const kernels = await found(
    at,
    'Modules linked in: ring(O)',
    'RIP: 0010:ring_push+0x5/0x20 [ring]',
  )
  t.match(kernels, { isPrintk: undefined, isBare: undefined })
})
