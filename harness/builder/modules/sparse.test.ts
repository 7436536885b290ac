import t from 'tap'
import { requireModule } from './module.js'
import { sparseReport, sparseVersion } from './sparse.js'
import { projectOf, realKernels, toy, work } from './toy-project.fixture.js'

const RING = `// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>
#include <linux/uaccess.h>

int ring_read(char __user *to, const char *from)
{
	return copy_to_user((void *)from, to, 1);
}
MODULE_DESCRIPTION("a ring");
MODULE_LICENSE("GPL");
`

const sparse = await sparseVersion().catch(() => undefined)
const [kernel] = realKernels.filter(({ release }) => /^(5|6)\./.test(release))
const lacks = sparse === undefined ? 'sparse is not installed' : 'no kernel is built'
const skip = (sparse === undefined || kernel === undefined) && lacks

t.test('sparse and W=1 name files as the user knows them', { skip }, async t => {
  const files = { 'module/Kbuild': 'obj-m := ring.o\n', 'module/ring.c': RING }
  const request = { kernel: kernel ?? toy, project: await projectOf(files), ...work }
  const { warnings, sparse: reports } = await requireModule({ ...request, sparse: sparse ?? '' })
  const of = (texts: readonly string[]) => texts.filter(text => text.startsWith('module/ring.c:'))
  t.match(of(warnings), [/^module\/ring\.c:5:5: warning: no previous prototype for .*\n/])
  const [first = '', second = ''] = of(reports.flatMap(({ warnings }) => warnings))
  t.match(first, /^module\/ring\.c:7:\d+: warning: incorrect type in argument 1/)
  t.match(first, /\nmodule\/ring\.c:7:\d+: +expected void \[noderef\] __user \*to\n/)
  t.match(second, /argument 2/)
  const plain = await requireModule(request)
  t.strictSame([of(plain.warnings), plain.sparse], [[], []], 'only when they are asked')
})

t.test('a kernel that wants a newer sparse says so', t => {
  const place = { build: '/b', name: 'module', tree: '/t' }
  const said = 'C=2 specified, but sparse is not available or not up to date'
  const stdout = `make: Entering directory '/t'\n/t/Makefile:1311: ${said}\n`
  t.strictSame(sparseReport({ exitCode: 0, stdout }, place), { warnings: [], refused: said })
  const crash = { exitCode: 2, stdout: 'Segmentation fault\n' }
  t.throws(() => sparseReport(crash, place), { code: 'SPARSE_FAILED', exitCode: 3 })
  t.end()
})
