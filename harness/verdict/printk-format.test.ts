import t from 'tap'
import { FindingReader, Symbolizer, type Finding } from './index.js'
import { findPrintk } from './printk-format.js'

const SOURCE = `#include <linux/printk.h>
static void complain(int id, const char *why)
{
	pr_err("%s\\n", why);
	pr_err("BUG: item %d of the ring \\"%s\\" is lost, %pS\\n", id, why, complain);
	pr_err("BUG: no room\\n");
	dev_err(dev, "BUG: no room\\n");
}
`

const folder = t.testdir({ 'ring.c': SOURCE, deep: { 'pool.h': '"BUG: pool %08lx gone"\n' } })

void t.test('words are found by the format that prints them', async t => {
  t.match(await findPrintk(folder, 'BUG: item 12 of the ring "a" is lost, f+0x1/0x2'), {
    file: 'ring.c',
    line: 5,
  })
  t.match(await findPrintk(folder, 'BUG: pool 0000abcd gone'), { file: 'deep/pool.h', line: 1 })
  for (const other of ['BUG: item 12 is lost', 'BUG: Bad rss-counter state', 'BUG: no room', ''])
    t.equal(await findPrintk(folder, other), undefined, `${other}: by none, or by two`)
  t.equal(await findPrintk(`${folder}/absent`, 'BUG: pool 0000abcd gone'), undefined)
})

const found = async (...lines: readonly string[]): Promise<Finding | undefined> => {
  const modules = [{ name: 'ring', sourcePrefix: 'module/', folder }]
  const reader = new FindingReader(modules)
  lines.forEach((text, sequence) =>
    reader.push({ sequence, timeUs: 0, level: 3, facility: 0, caller: 'T1', text }),
  )
  const [finding] = await new Symbolizer(modules).symbolize(reader.end())
  return finding
}

void t.test("a finding that is a module's own printk has its line, and says so", async t => {
  t.match(await found('BUG: item 12 of the ring "a" is lost, f+0x1/0x2', 'ring: and more'), {
    kind: 'bug',
    isPrintk: true,
    location: { file: 'module/ring.c', line: 5 },
  })
  t.match(await found('BUG: what no source here has'), {
    isPrintk: undefined,
    location: undefined,
    locationReason: /without a trace/,
  })
  const traced = await found('BUG: no such', 'Call Trace:', ' kfree+0x1/0x2', ' x+0x1/0x2')
  t.equal(traced?.locationReason, undefined, 'what has a trace is the kernel’s')
})
