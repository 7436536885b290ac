import { appendFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { SUITE_END, WHOLE_FILE } from '../../../contract/test-names.js'
import type { Fault } from '../fault.js'
import type { Expected } from '../expected.js'
import { howItEnded } from '../findings.js'
import type { Lab } from '../lab.js'
import { privateCache } from '../private-cache.js'
import type { Running } from '../running.js'

/** A stage of a run, and the expected results of an interruption there. */
interface Stage {
  readonly name: string
  readonly what: string
  readonly suite: string
  readonly reached: (running: Running) => Promise<unknown>
  readonly known: Expected
}

const nothing = (suite: string): Expected => ({
  [suite]: { [WHOLE_FILE]: 'miss', [SUITE_END]: 'none' },
})

const stages: readonly Stage[] = [
  {
    name: 'building',
    what: 'while the module is built',
    suite: 'lost',
    reached: running => running.process(line => /\bmake .*\bM=/.test(line)),
    known: nothing('lost'),
  },
  {
    name: 'template',
    what: 'while a template boots',
    suite: 'lost',
    reached: running => running.process(line => /^\S*qemu-system\S* .*-kernel /.test(line)),
    known: nothing('lost'),
  },
  {
    name: 'restore',
    what: 'while a machine is restored',
    suite: 'lost',
    reached: running => running.process(line => /^\S*qemu-system\S* .*-incoming /.test(line)),
    known: { lost: { before: 'miss', waits: 'miss', after: 'miss', [SUITE_END]: 'miss' } },
  },
  {
    name: 'test',
    what: 'in a test',
    suite: 'lost',
    reached: running => running.test('lost', 'waits'),
    known: { lost: { before: 'pass', waits: 'miss', after: 'miss', [SUITE_END]: 'miss' } },
  },
  {
    name: 'end',
    what: 'at the end of a suite',
    suite: 'lingers',
    reached: running => running.test('lingers', SUITE_END),
    known: { lingers: { before: 'pass', [SUITE_END]: 'miss' } },
  },
]

/** A way to interrupt a run. */
interface Blow {
  readonly name: string
  readonly signal: NodeJS.Signals
  /** Sent again when the run has said that it stops. */
  readonly again?: true
  /** Not to the command alone. */
  readonly toWorkersToo?: true
}

const once = (signal: NodeJS.Signals): Blow => ({ name: signal, signal })
const [INTERRUPT, KILL] = [once('SIGINT'), once('SIGKILL')]
const TWICE: Blow = { name: 'SIGINT twice', signal: 'SIGINT', again: true }
const KILL_ALL: Blow = { name: 'SIGKILL of all but QEMU', signal: 'SIGKILL', toWorkersToo: true }
const BLOWS = [INTERRUPT, once('SIGTERM'), once('SIGHUP'), TWICE, KILL]

const expected =
  'the first: exit 130, what was known is kept and marked interrupted; the second and kill -9: at once; nothing is left'

export const interruptedFaults: readonly Fault[] = [
  ...stages.map((stage): Fault => ({
    row: 13,
    name: `interrupted-${stage.name}`,
    fault: `Ctrl+C once and twice, SIGTERM, SIGHUP, kill -9 ${stage.what}`,
    expected,
    make: lab => interrupt(lab, stage, stage.name === 'test' ? [...BLOWS, KILL_ALL] : BLOWS),
  })),
  {
    row: 13,
    name: 'interrupted',
    fault: 'Ctrl+C, and kill -9, in a test',
    expected,
    fast: true,
    make: async lab => {
      const stage = stages.find(({ name }) => name === 'test')
      if (stage !== undefined) await interrupt(lab, stage, [INTERRUPT, KILL])
    },
  },
]

async function interrupt(lab: Lab, stage: Stage, blows: readonly Blow[]): Promise<void> {
  const cold = ['building', 'template'].includes(stage.name)
  const cache = cold ? await privateCache(lab) : undefined
  const env = cache === undefined ? {} : { MODPROVE_CACHE: cache }
  for (const blow of blows) {
    await interruptBy(lab, stage, blow, env)
    if (cache !== undefined && !isAtOnce(blow))
      await nothingHalfMade(lab, cache, `${blow.name} ${stage.what}`)
  }
  // Locks, partial entries and folders of dead processes do not block it, and it removes them.
  const next = await lab.run(['run', 'lost'], { env })
  lab.exits(next, 0, 'the next run: ')
  lab.check('and waits for nobody', !next.output.includes('Waiting for'), next.output)
  if (cache !== undefined) await nothingHalfMade(lab, cache, 'after the next run')
  const names = blows.map(({ name }) => name).join(', ')
  lab.tell(`${names} ${stage.what}: as it should; the next run swept and passed`)
}

/** Checks a cache that no other process uses. */
async function nothingHalfMade(lab: Lab, cache: string, when: string): Promise<void> {
  const names = await readdir(cache, { recursive: true })
  const left = names.filter(name => /\.(?:partial|lock)$/.test(name))
  lab.check(`${when}: no lock, nothing half-made in the cache`, left.length === 0, left.join(', '))
}

/** Without workers, only the owner's death ends the machines (prctl(2) PR_SET_PDEATHSIG). */
async function killWorkersToo(running: Running): Promise<void> {
  const machines = await running.machines()
  const others = (await running.processes()).filter(pid => !machines.includes(pid))
  // Stopped first, so that none notices another's death.
  for (const signal of ['SIGSTOP', 'SIGKILL'] as const)
    for (const pid of others) process.kill(pid, signal)
}

/** It cannot clean up. */
const isAtOnce = ({ signal, again }: Blow): boolean => signal === 'SIGKILL' || again === true

async function interruptBy(
  lab: Lab,
  stage: Stage,
  blow: Blow,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const { name, signal } = blow
  // Changed each time, so that there is something to build.
  await appendFile(join(lab.root, 'module/moody.c'), `/* ${name} */\n`)
  const atOnce = isAtOnce(blow)
  const ended = await lab.run(['run', stage.suite], {
    env,
    wasKilled: atOnce,
    during: async running => {
      await stage.reached(running)
      if (blow.toWorkersToo) return killWorkersToo(running)
      running.kill(signal)
      if (!blow.again) return
      await running.said('repeat to stop at once')
      running.kill(signal)
    },
  })
  const at = `${name} ${stage.what}`
  if (signal !== 'SIGKILL') lab.exits(ended, 130, `${at}: `)
  else lab.check(`${at}: it is killed`, ended.signal === signal, howItEnded(ended))
  lab.expect(ended, stage.known)
  if (!atOnce) {
    const { end } = ended.view ?? {}
    const marked = end?.interrupted === true && end.exitCode === 130
    lab.check(`${at}: the record says so`, marked, JSON.stringify(end))
    lab.check(`${at}: it says why`, ended.output.includes(`Interrupted by ${signal}`), ended.output)
  }
  if (signal === 'SIGKILL') {
    // The next run, not a report, cleans up after a killed one.
    const words = ['report', ended.folder ?? 'latest', '--format', 'summary']
    const told = await lab.run(words, { wasKilled: true })
    lab.match(`${at}: the report says so`, told.output, /cut off|interrupted/)
  }
}
