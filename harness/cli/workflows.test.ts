import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { parse } from 'yaml'
import { workflowText } from '../commands/init/first-files.js'
import { packageRoot } from '../platform/files/package-root.js'
import type { OptionSpec } from './command.js'
import { commands } from './options/index.js'
import {
  ACTION,
  action,
  OWN,
  read,
  stepsOf,
  textOf,
  workflows,
  type Workflow,
} from './workflows.fixture.js'

const stepNamed = (file: string, id: string) => {
  const run = stepsOf(file).find(step => step.id === id)?.run
  if (run === undefined) throw new Error(`${file} has no step "${id}"`)
  return run
}

/** Runs a step as GitHub does (docs.github.com/actions/reference/workflow-syntax, shell: bash). */
async function runStep(script: string, cwd: string, env: Readonly<Record<string, string>>) {
  const args = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script]
  const options = { cwd, env: { PATH: process.env['PATH'] ?? '', ...env } }
  return promisify(execFile)('bash', args, options).then(
    ({ stdout }) => ({ code: 0, stdout }),
    ({ code, stdout }: { code: number; stdout: string }) => ({ code, stdout }),
  )
}

t.strictSame(workflows.sort(), ['workflows/check.yml', 'workflows/nightly.yml'])

for (const file of workflows) {
  t.test(`${file} requests only read permission, and no secret`, async t => {
    const workflow = read(file)
    t.strictSame(workflow.permissions, { contents: 'read' })
    t.ok(workflow.concurrency)
    for (const [name, job] of Object.entries(workflow.jobs)) {
      t.type(job['timeout-minutes'], 'number', `${name} has a deadline`)
      t.equal(job.permissions, undefined)
    }
    t.notMatch(textOf(file), /secrets\.|GITHUB_TOKEN/)
  })
}

for (const file of [...workflows, ACTION]) {
  t.test(`${file} pins every action to a commit`, async t => {
    for (const { uses } of stepsOf(file)) {
      if (uses !== undefined && uses !== OWN) t.match(uses, /^actions\/[\w/-]+@[0-9a-f]{40}$/)
    }
  })

  t.test(`${file} has no expression in a script: its value could be code`, async t => {
    for (const { run } of stepsOf(file)) t.notMatch(run ?? '', /\$\{\{/)
  })

  t.test(`${file} calls existing commands with existing options`, async t => {
    const { stdout: known } = await promisify(execFile)(process.execPath, [
      `${packageRoot}/harness/cli/modprove.js`,
      '--help',
    ])
    const calls = stepsOf(file).flatMap(({ run = '' }) => callsIn(run))
    t.ok(calls.length > 0 || stepsOf(file).some(({ uses }) => uses === OWN))
    for (const [name = '', ...words] of calls) {
      t.match(known, new RegExp(`^ {2}${name} `, 'm'))
      for (const problem of misused(name, words)) t.fail(`modprove ${name}: ${problem}`)
    }
  })

  t.test(`${file} calls existing scripts and targets`, async t => {
    const { scripts } = JSON.parse(readFileSync(`${packageRoot}/package.json`, 'utf8')) as {
      scripts: Record<string, string>
    }
    const makefile = readFileSync(`${packageRoot}/Makefile`, 'utf8')
    const all = stepsOf(file).map(({ run = '' }) => run)
    for (const [, name = ''] of all.join('\n').matchAll(/npm run ([\w:-]+)/g)) {
      t.hasProp(scripts, name)
    }
    for (const [, name = ''] of all.join('\n').matchAll(/^make (\w+)/gm)) {
      t.match(makefile, new RegExp(`^${name}:`, 'm'))
    }
  })
}

t.test('our workflows give the action inputs that it has', async t => {
  const uses = workflows.flatMap(stepsOf).filter(({ uses }) => uses === OWN)
  t.equal(uses.length, 3)
  for (const { with: given = {} } of uses) t.strictSame(missing(given), [])
  const written = parse(workflowText('a/b', OWN)) as Workflow
  const [, step] = written.jobs['modprove']?.steps ?? []
  t.strictSame(missing(step?.with ?? {}), [], 'and what init writes')
})

t.test('a runner that has no KVM to give, no sudo and no udev goes on without', async t => {
  const refuses = '#!/bin/sh\nexit 1\n'
  const names = ['chmod', 'sudo', 'tee', 'udevadm']
  const bin = t.testdir(Object.fromEntries(names.map(name => [name, refuses])))
  for (const name of names) await chmod(join(bin, name), 0o755)
  const { code } = await runStep(stepNamed(ACTION, 'kvm'), bin, { PATH: `${bin}:/usr/bin:/bin` })
  t.equal(code, 0)
})

t.test('the record that the action reports is the newest, also of selected tests', async t => {
  const latest = t.fixture('symlink', '20261201T041300Z-a')
  const runs = { '20261201T041300Z-a': {}, '20261201T041505Z-b': {}, latest }
  const folder = t.testdir({ some: { '.modprove': { runs } }, none: {} })
  const recordIn = async (name: string) => {
    const output = join(folder, name, 'output')
    const { code } = await runStep(stepNamed(ACTION, 'record'), join(folder, name), {
      GITHUB_OUTPUT: output,
    })
    return [code, await readFile(output, 'utf8')]
  }
  const newest = join(folder, 'some/.modprove/runs/20261201T041505Z-b')
  t.strictSame(await recordIn('some'), [0, `folder=${newest}\n`])
  t.strictSame(await recordIn('none'), [0, 'folder=\n'])
})

const missing = (given: object): string[] =>
  Object.keys(given).filter(name => !(name in action.inputs))

/** The words after `modprove` in a script, without what the shell takes for itself. */
const callsIn = (script: string): string[][] =>
  [...script.matchAll(/(?:harness\/cli\/modprove\.js|^modprove) ([^\n>|&;]*)/gm)].map(
    ([, words = '']) => words.trim().split(/\s+/),
  )

function misused(name: string, words: readonly string[]): string[] {
  const command = commands.find(command => command.name === name)
  const options = Object.values(command?.options ?? {}) as OptionSpec<unknown>[]
  return words.flatMap((word, at) => {
    if (!word.startsWith('-')) return []
    const option = options.find(({ flags }) => flags.split(/[ ,]+/).includes(word))
    if (option === undefined) return [`${word} is no option`]
    const value = words[at + 1] ?? ''
    const { choices = [value] } = option
    return choices.includes(value) ? [] : [`${word} takes no "${value}"`]
  })
}

t.test('the matrix has the series of images/kernels.json', async t => {
  const output = join(t.testdir(), 'output')
  await runStep(stepNamed('workflows/nightly.yml', 'series'), packageRoot, {
    GITHUB_OUTPUT: output,
  })
  const { series } = JSON.parse(readFileSync(`${packageRoot}/images/kernels.json`, 'utf8')) as {
    series: object
  }
  t.equal(await readFile(output, 'utf8'), `series=${JSON.stringify(Object.keys(series))}\n`)
})

t.test('the verdict of a night is that of its merged run; a lost one is not a success', async t => {
  const verdict = stepNamed('workflows/nightly.yml', 'verdict')
  const env = { SERIES: '["5.10","6.1"]' }
  const night = async (name: string, exitCode: number | null, records: readonly string[]) => {
    const cwd = join(t.testdirName, name)
    for (const file of [
      'merged/run.json',
      ...records.map(series => `shards/record-${series}-2/events.jsonl`),
    ]) {
      await mkdir(dirname(join(cwd, file)), { recursive: true })
      await writeFile(join(cwd, file), JSON.stringify({ exitCode }))
    }
    return runStep(verdict, cwd, env)
  }
  t.testdir()
  t.match(await night('passed', 0, ['5.10', '6.1']), { code: 0, stdout: '' })
  t.match(await night('failed', 1, ['5.10', '6.1']), { code: 1, stdout: '' })
  t.match(await night('cut off', null, ['5.10', '6.1']), { code: 3 })
  t.match(await night('lost', 0, ['6.1']), { code: 3, stdout: /^::error::5\.10: no record/ })
  t.match(await night('lost and failed', 1, ['6.1']), { code: 1, stdout: /::error::5\.10/ })
  t.not((await runStep(verdict, t.testdirName, env)).code, 0, 'nothing was merged')
})
