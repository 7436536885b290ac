import { join } from 'node:path'
import t from 'tap'
import { keepSources, readSource } from './sources.js'

t.test("a record keeps the files of the module's build, and nothing else", async t => {
  const checkout = t.testdir({
    module: {
      'ring.c': 'int ring;\nint count;\n',
      include: { 'ring.h': 'struct ring;\n' },
      Kbuild: 'obj-m := ring.o\n',
      'table.c': 'x'.repeat(2 ** 20 + 1),
    },
    record: {},
    'secret.c': 'not of the record',
  })
  const record = join(checkout, 'record')
  const files = ['Kbuild', 'include/ring.h', 'ring.c', 'table.c'].map(name => `module/${name}`)
  await keepSources(record, checkout, files)
  t.strictSame(await readSource(record, 'module/ring.c'), ['int ring;', 'int count;', ''])
  t.ok(await readSource(record, 'module/include/ring.h'))
  t.strictSame(await readSource(record, 'module/Kbuild'), ['obj-m := ring.o', ''])
  t.equal(await readSource(record, 'module/table.c'), undefined, 'too large to be read')
  t.equal(await readSource(record, '../../secret.c'), undefined, 'a path leads nowhere else')
  t.equal(await readSource(record, join(checkout, 'secret.c')), undefined)
})
