import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Fault } from '../fault.js'
import type { Lab } from '../lab.js'

const SUITES = ['lost', 'lingers']

export const shardsFault: Fault = {
  row: 26,
  name: 'shards',
  fault: 'kill -9 of a worker in a shard of a plan; the shard is run again, one of them twice',
  expected: 'the dead worker leaves no result; merged, the shards read as one run, nothing twice',
  fast: true,
  make: async lab => {
    const planned = await lab.run(['plan', ...SUITES, '--shards', '2', '--kernel', lab.kernel])
    lab.exits(planned, 0, 'the plan: ')
    await lab.run(['worker', '--index', '0'], {
      wasKilled: true,
      during: async running => {
        await running.process(line => /^\S*qemu-system\S* .*-incoming /.test(line))
        running.kill('SIGKILL')
      },
    })
    const left = await resultsIn(lab)
    lab.check('the dead worker leaves no result', left.length === 0, left.join(', '))
    for (const index of ['1', '0', '1'])
      lab.exits(await lab.run(['worker', '--index', index]), 0, `worker ${index}: `)
    const results = await resultsIn(lab)
    lab.check('each shard has one result', results.length === 2, results.join(', '))
    lab.exits(await lab.run(['merge', 'results', 'results']), 0, 'the merge: ')
    const merged = await junit(lab)
    lab.exits(await lab.run(['run', ...SUITES]), 0, 'a run of all: ')
    lab.check('merged, they report as one run does', merged === (await junit(lab)), merged)
    lab.tell('a worker died; its shard was run again, and the merged report is that of one run')
  },
}

const resultsIn = async (lab: Lab): Promise<string[]> =>
  (await readdir(join(lab.root, 'results'))).filter(name => /^\d/.test(name))

/** The report of the latest run, without times and names of runs. */
export async function junit(lab: Lab): Promise<string> {
  const { output } = await lab.run(['report', '--format', 'junit'])
  return output
    .replaceAll(/ (?:time|timestamp)="[^"]*"/g, '')
    .replaceAll(/\d{8}T\d{6}Z-[0-9a-f]{6}/g, 'RUN')
}
