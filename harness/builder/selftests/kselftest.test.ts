import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { usageError } from '../../platform/errors.js'
import { silent } from '../../platform/terminal/progress.js'
import type { KernelSource } from '../kernels/kernel-source.js'
import { requireKselftest } from './kselftest.js'

const cache = await mkdtemp(join(tmpdir(), 'modprove-selftests-'))
t.teardown(() => rm(cache, { recursive: true, force: true }))
process.env['MODPROVE_CACHE'] = cache

/** As tools/testing/selftests/lib.mk, as far as it matters. */
const LIB = `TEST_GEN_PROGS := $(patsubst %,$(OUTPUT)/%,$(TEST_GEN_PROGS))
all: $(TEST_GEN_PROGS)
$(OUTPUT)/%: %.c
\t$(CC) $< -o $@
`
const HEADERS = `headers:
\tmkdir -p $(O)/usr/include/linux
\techo '#define TOY 7' >$(O)/usr/include/linux/toy.h
`

const toy = {
  Makefile: 'TEST_GEN_PROGS = toy\nTEST_PROGS := toy.sh\nTEST_FILES := data\ninclude ../lib.mk\n',
  'toy.c': '#include <linux/toy.h>\nint main(void) { return TOY; }\n',
  'toy.sh': '#!/bin/sh\n',
  data: { deep: 'x' },
  settings: 'timeout=120\n',
  config: '# for toys\nCONFIG_TOY=y\nCONFIG_NET=m\nCONFIG_HZ=100\n',
}
const broken = {
  Makefile: 'TEST_GEN_PROGS = bad\ninclude ../lib.mk\n',
  'bad.c': '#include <no/such.h>\n',
}
const wordy = {
  Makefile: 'TEST_GEN_PROGS = wordy\ninclude ../lib.mk\n',
  'wordy.c': `int main(void) { return missing; }\n${'#warning words\n'.repeat(40)}`,
}
const lacking = { Makefile: 'TEST_FILES = no-such-file\ninclude ../lib.mk\n' }
const tree = t.testdir({
  Makefile: HEADERS,
  tools: {
    testing: {
      selftests: {
        Makefile: 'TARGETS = toy\ninclude lib.mk\n',
        none: { Makefile: 'all:\n' },
        drivers: { net: { Makefile: 'include ../../lib.mk\n' } },
        'lib.mk': LIB,
        toy,
        broken,
        wordy,
        lacking,
      },
    },
  },
})
let opened = 0
const source: KernelSource = {
  series: '6.1',
  release: '6.1.9',
  id: 'toy 6.1.9-1',
  name: '6.1.9-1',
  tree,
  open: async () => {
    opened += 1
    return { tree, outputs: tree, stillSame: async () => undefined }
  },
}
const work = { signal: new AbortController().signal, progress: silent }

t.test('a target is built with the kernel’s own headers, and what its programs need', async t => {
  await chmod(join(tree, 'tools/testing/selftests/toy/toy.sh'), 0o755)
  const built = await requireKselftest(source, 'toy', work)
  if ('code' in built) throw new Error(`${built.message}\n${built.detail}`)
  t.match(built, {
    programs: ['toy', 'toy.sh'],
    files: ['data/deep', 'toy', 'toy.sh'],
    timeoutS: 120,
    options: ['CONFIG_TOY=y', 'CONFIG_NET=m'],
  })
  t.ok(Object.keys(built.libraries).some(path => /libc\.so/.test(path)))
  t.equal((await readFile(join(built.folder, 'toy'))).subarray(1, 4).toString(), 'ELF')

  const times = opened
  await requireKselftest(source, 'toy', work)
  t.equal(opened, times, 'the second time it is in the cache')
})

t.test('one that does not exist lists those that do, the nearest first', async t => {
  t.match(await requireKselftest(source, 'drivers/nett', work), {
    code: 'UNKNOWN_KSELFTEST',
    outcome: 'usage',
    message: 'Kernel 6.1.9 has no kselftest "drivers/nett"',
    remedy:
      'Did you mean "drivers/net"? Those of tools/testing/selftests: broken, drivers/net, lacking, toy, wordy',
  })
})

t.test('a program of a target is no target, and the target is named', async t => {
  t.match(await requireKselftest(source, 'bad', work), {
    remedy: /^It is a test of "broken"\. Those of /,
  })
})

t.test('of a kernel whose source is not to be had, no target is, and why is told', async t => {
  const open = () => Promise.reject(usageError('NO_SOURCE', 'its source is not read'))
  const prebuilt: KernelSource = { ...source, id: 'prebuilt', open }
  t.match(await requireKselftest(prebuilt, 'toy', work), { code: 'NO_SOURCE' })
})

t.test('one that does not build says why, and is tried anew', async t => {
  t.match(await requireKselftest(source, 'broken', work), {
    code: 'KSELFTEST_DOES_NOT_BUILD',
    outcome: 'failed',
    message: 'kselftest broken of 6.1.9 does not build on this host',
    detail: /no\/such\.h: No such file/,
  })
  await writeFile(join(tree, 'tools/testing/selftests/broken/bad.c'), 'int main(void) {return 0;}')
  t.match(await requireKselftest(source, 'broken', work), { programs: ['bad'] })
})

t.test('an error before many warnings is shown, and a file that is missing named', async t => {
  t.match(await requireKselftest(source, 'wordy', work), {
    code: 'KSELFTEST_DOES_NOT_BUILD',
    detail: /error: .missing. undeclared/,
  })
  t.match(await requireKselftest(source, 'lacking', work), {
    code: 'KSELFTEST_DOES_NOT_BUILD',
    detail: /cannot stat 'no-such-file'/,
  })
})
