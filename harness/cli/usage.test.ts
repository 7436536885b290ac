import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const bin = fileURLToPath(new URL('modprove.js', import.meta.url))

interface Ended {
  /** A signal's name where one ended it. */
  readonly code: number | string
  readonly stdout: string
  readonly stderr: string
}

const modprove = (...args: string[]): Promise<Ended> => modproveIn(process.cwd(), ...args)

const modproveIn = (cwd: string, ...args: string[]): Promise<Ended> =>
  new Promise(resolve => {
    execFile(process.execPath, [bin, ...args], { cwd }, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? error?.signal ?? 0, stdout, stderr })
    })
  })

t.jobs = 2

const wrong: readonly (readonly [what: string, args: string[], said: RegExp])[] = [
  ['an unknown kernel', ['run', '--kernel', '9.9'], /9\.9[^]*Known series: 5\.10, 6\.1,/],
  ['a range that is none', ['run', '--kernel', '6.12..6.1'], /"6\.12\.\.6\.1"[^]*6\.1\.\.7\.3/],
  ['a folder that is no kernel', ['run', '--kernel', 'path:/tmp'], /path:\/tmp is not a kernel's/],
  [
    'a folder where nothing is built',
    ['run', '--kernel', 'built:/tmp'],
    /holds no kernel that is built: it has no \.config/,
  ],
  [
    'an unknown distribution',
    ['run', '--kernel', 'distro:trixi'],
    /Did you mean "trixie"\? Known: distro:bookworm/,
  ],
  [
    'a flavour of others',
    ['run', '--flavour', 'distro'],
    /is built here, and has no flavour distro/,
  ],
  ['a bisect without an end', ['bisect', 'ioctl', '--good', '6.1'], /--good and --bad/],
  [
    'a bisect from new to old',
    ['bisect', 'ioctl', '--good', '6.12', '--bad', '6.1'],
    /6\.12\.\d+ is not older than 6\.1\.\d+/,
  ],
  ['an unknown flavour', ['run', '--flavour', 'sour'], /"sour"[^]*Known flavours: plain, debug/],
  [
    'a compiler that is none',
    ['run', '--compiler', 'icc'],
    /--compiler[^]*'icc'[^]*gcc-N or clang-N, such as clang-16/,
  ],
  [
    'a compiler that is not there',
    ['run', '--compiler', 'clang-99'],
    /no clang-99 to build[^]*apt/,
  ],
  ['a check on an unknown kernel', ['check', '--kernel', '9.9'], /9\.9[^]*Known series: 5\.10,/],
  ['an unknown suite', ['run', 'nosuch'], /"nosuch"[^]*Known suites: /],
  ['a suite with a slip', ['run', 'ioct'], /"ioct"[^]*Did you mean "ioctl"\?/],
  ['a flavour with a slip', ['run', '--flavour', 'pain'], /Did you mean "plain"\?/],
  ['a word for kernels with a slip', ['run', '--kernel', 'newst'], /Did you mean "newest"\?/],
  ['an option with a slip', ['run', '--flavor', 'debug'], /Did you mean --flavour\?/],
  ['a command with a slip', ['runn'], /Did you mean run\?/],
  ['a fault with a slip', ['chaos', 'panik'], /Did you mean "panic"\?/],
  ['a release of Debian with a slip', ['hosts', 'bokworm'], /Did you mean "bookworm"\?/],
  ['a failure that there is not', ['replay', 'no/such'], /no\/such is no failure's/],
  ['a replay of nothing', ['replay'], /--last/],
  ['an unknown mutant', ['mutants', 'nosuch'], /"nosuch"[^]*Known mutants: \d+-/],
  ['an unknown kernel of mutants', ['mutants', '--kernel', '9.9'], /9\.9[^]*Known series: 5\.10,/],
  [
    'a QEMU that is no program',
    ['shell', '--qemu', '/tmp'],
    /\/tmp is no program[^]*--qemu \/path/,
  ],
  ['a bad expression', ['run', '--grep', '('], /--grep takes a regular expression/],
  ['a run that there is not', ['report', 'nosuch'], /no record of a run "nosuch"/],
  ['an unknown format', ['report', '--format', 'pdf'], /'pdf' is invalid[^]*summary, pretty/],
  ['a record that there is not', ['merge', 'nosuch'], /no record of a run "nosuch"/],
  ['a shard that there is not', ['run', '--shard', '3/2'], /--shard[^]*the second of three/],
  [
    'a plan that there is not',
    ['worker', '--plan', 'nosuch.json'],
    /nosuch\.json: it cannot be read/,
  ],
  [
    'a resumed run with another selection',
    ['run', '--resume', '--build-only'],
    /--build-only cannot be given/,
  ],
  ['a machine kept, and none', ['run', '--build-only', '--keep'], /--keep needs a machine/],
  [
    'a folder that is no bundle',
    ['worker', '--bundle', '/tmp'],
    /\/tmp\/sums\.json[^]*bundle wrote/,
  ],
  ['a machine kept on a cluster', ['run', '--on', 'slurm', '--keep'], /--keep cannot be used/],
  [
    'a run of a cluster that is not',
    ['run', '--on', 'slurm', '--resume', 'nosuch'],
    /has no run "nosuch"/,
  ],
  ['an unknown option', ['run', '--fast'], /unknown option '--fast'[^]*modprove run --help/],
  ['an unknown command', ['walk'], /unknown command 'walk'/],
  ['a number that is none', ['run', '--jobs', 'two'], /--jobs[^]*whole number/],
]

for (const [what, args, said] of wrong) {
  t.test(`${what} is named with the alternatives, and exits with 2`, async t => {
    const { code, stderr, stdout } = await modprove(...args)
    t.equal(code, 2)
    t.match(stderr, said)
    t.equal(stdout, '')
  })
}

t.test('a project without a suite has the basics, and is shown how to write one', async t => {
  const config = '{"module":".","suites":"tests"}'
  const folder = t.testdir({ 'modprove.config.json': config, tests: { 'a.ts': '' } })
  const without =
    /There is no suite in tests\/: the basics alone run\. Write tests\/hello\.suite\.ts/
  t.match((await modproveIn(folder, 'run', '--kernel', '9.9')).stderr, without)
  t.notMatch((await modproveIn(folder, 'run', 'basics', '--kernel', '9.9')).stderr, without)
  t.strictSame(readdirSync(folder).sort(), ['modprove.config.json', 'tests'])
  // The checkout above a test's folder is a project.
  const bare = mkdtempSync(join(tmpdir(), 'modprove-usage-'))
  t.teardown(() => rmSync(bare, { recursive: true }))
  writeFileSync(join(bare, 'Kbuild'), 'obj-m := ring.o\n')
  const init = /the basics alone run\. "modprove init" writes a first one/
  t.match((await modproveIn(bare, 'run', '--kernel', '9.9')).stderr, init)
})

t.test('help shows examples and exits 0', async t => {
  for (const args of [['--help'], ['run', '--help'], ['mutants', '--help'], ['shell', '--help']]) {
    const { code, stdout } = await modprove(...args)
    t.equal(code, 0)
    t.match(stdout, /Examples:\n {2}\$ modprove /)
  }
})
