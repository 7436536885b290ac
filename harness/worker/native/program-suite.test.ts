import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { cSuite, scriptSuite } from './program-suite.js'
import { ranSuite } from './native-suites.fixture.js'
import { running } from './running.fixture.js'

const folder = t.testdir({
  'ring.suite.c': '/* modprove: modules=ring timeout=60 flavour=debug since=6.1 */\n',
  'wrong.suite.c': '// modprove: module=ring\n',
  'parts.suite.c': '// modprove: sources=ring.suite.c,gone.c include=inc\n',
  'ring.suite.sh': '#!/bin/sh\n# modprove: modules=ring\n',
  'bash.suite.sh': '#!/bin/bash\n',
  'norun.suite.sh': '#!/bin/sh\n',
  'dos.suite.sh': '#!/bin/sh\r\necho 1..0\r\n',
  'empty.suite.sh': '\n',
})
const file = (name: string): string => join(folder, name)

const PRINTED = '1..2\nok 1 a\nnot ok 2 b\n'

/** Commands of the guests below. */
const commands: string[] = []

/** A guest on which every program does this. */
const guestOf = (...how: Parameters<typeof running>) => ({
  programPath: (name: string) => `/lib/modprove/bin/${name}`,
  stream: async (command: string | readonly string[]) => {
    commands.push(String(command))
    return running(...how)
  },
  exists: async (path: string) => path === '/bin/sh',
  upload: async () => undefined,
})

t.test('a C file has its options by its header', async t => {
  const suite = await cSuite(file('ring.suite.c'), 'suites/ring.suite.c')
  t.equal(suite.title, 'ring', 'as the command line calls it')
  t.match(suite, {
    options: {
      modules: [{ name: 'ring' }],
      timeoutMs: 60_000,
      needs: { flavours: ['debug'], since: '6.1' },
    },
  })
  await t.rejects(cSuite(file('wrong.suite.c'), 'suites/wrong.suite.c'), {
    code: 'CONFIGURATION',
    message: /^suites\/wrong.suite.c: module is unknown. Did you mean "modules"\?$/,
  })
  await t.rejects(cSuite(file('parts.suite.c'), 'suites/parts.suite.c'), {
    code: 'CONFIGURATION',
    exitCode: 2,
    message: /2 mistakes:\n.*names gone\.c, which is not beside it\n.*names inc, which is not/,
  })
})

t.test('a script that no shell can run is told so before it runs', async t => {
  for (const name of ['dos', 'empty']) await chmod(file(`${name}.suite.sh`), 0o755)
  await t.rejects(scriptSuite(file('dos.suite.sh'), 'suites/dos.suite.sh'), {
    code: 'SCRIPT_TEXT',
    exitCode: 2,
    message: /^suites\/dos\.suite\.sh has Windows line ends \(CRLF\), which a shell takes/,
    remedy: "sed -i 's/\\r$//' suites/dos.suite.sh",
  })
  await t.rejects(scriptSuite(file('empty.suite.sh'), 'suites/empty.suite.sh'), {
    code: 'SCRIPT_TEXT',
    message: 'suites/empty.suite.sh is empty: it prints no result',
    remedy: /1\.\.1/,
  })
})

t.test('what it prints are tests of their own, and its status tells no more than they', async t => {
  const suite = await cSuite(file('ring.suite.c'), 'ring')
  const failed = await ranSuite(suite, guestOf(PRINTED, { code: 1 }))
  t.strictSame(failed.points, ['pass a', 'fail b'])
  t.strictSame(failed.problems, [], 'it failed by its tests alone')
  t.notMatch(commands.at(-1), /2>/, 'its stderr would tear the lines of a stdout that is buffered')
  const good = await ranSuite(suite, guestOf('1..1\nok 1 a\n', { code: 3 }))
  t.strictSame(good.problems, ['ring.suite.c ended with status 3'])
  const skipped = await ranSuite(suite, guestOf('1..0 # SKIP no device\n', { code: 4 }))
  t.equal(skipped.skipped, 'no device')
})

t.test('a program that dies or is cut off fails itself, whatever it printed', async t => {
  const suite = await cSuite(file('ring.suite.c'), 'ring')
  const died = await ranSuite(suite, guestOf(PRINTED, { code: null, signal: 'SEGV' }, 'oh no\n'))
  t.strictSame(died.problems, ['ring.suite.c ended by SIGSEGV'])
  t.match(died.details, [{ detail: 'oh no' }])
  const cut = await ranSuite(suite, guestOf('1..3\nok 1 a\n'))
  t.strictSame(cut.problems, ['ring.suite.c: a plan of 3 tests, and 1 came'])
  const silent = await ranSuite(suite, guestOf(''))
  t.match(silent.problems, [/^ring\.suite\.c printed no result: print "1\.\.1"/])
  t.equal(silent.problems.length, 1)
  const refused = await ranSuite(suite, guestOf('no device\n', { code: 2 }))
  t.strictSame(refused.problems, ['ring.suite.c ended with status 2, and printed no result'])
})

t.test('a script needs its run bit, and an interpreter of the guest', async t => {
  for (const name of ['ring', 'bash']) await chmod(file(`${name}.suite.sh`), 0o755)
  await chmod(file('norun.suite.sh'), 0o644)
  const suite = await scriptSuite(file('ring.suite.sh'), 'ring')
  t.match(suite.options, { modules: [{ name: 'ring' }] })
  t.strictSame((await ranSuite(suite, guestOf(PRINTED, { code: 1 }))).points, ['pass a', 'fail b'])
  t.match(commands.at(-1), / 2>&1$/, 'what its commands say is in the order of its results')
  await t.rejects(scriptSuite(file('norun.suite.sh'), 'suites/norun.suite.sh'), {
    code: 'NOT_EXECUTABLE',
    exitCode: 2,
    remedy: 'chmod +x suites/norun.suite.sh',
  })
  const bash = await scriptSuite(file('bash.suite.sh'), 'bash')
  t.match((await ranSuite(bash, guestOf(PRINTED))).problems, [/bash needs \/bin\/bash/])
})
