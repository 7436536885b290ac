import { relative, resolve } from 'node:path'
import { EXIT } from '../errors.js'
import { during } from '../progress.js'
import { findRecord } from '../record/read.js'
import { becomeLatest, recordsFolder, runName } from '../record/record.js'
import { mergeRecords } from '../record/merge.js'
import { closingLine, lostLine } from '../report/summary.js'
import type { CommandSpec } from './command.js'

interface MergeOptions {
  output?: string
}

export const mergeCommand: CommandSpec<MergeOptions> = {
  name: 'merge',
  args: '<records...>',
  summary: 'Make one record of several whose jobs were shared out, as if one run had made it.',
  examples: [
    ['modprove merge shards/*', 'the merged record becomes the latest'],
    ['modprove merge a b --output merged', 'it is put into a folder of its own'],
  ],
  options: {
    output: {
      flags: '--output <folder>',
      description: 'where the merged record is put (default: beside the others)',
    },
  },
  async run({ args, options, terminal }) {
    const folders: string[] = []
    for (const name of args) folders.push(await findRecord(name))
    const run = runName(new Date())
    const { output } = options
    const folder = output === undefined ? `${recordsFolder}/${run}` : resolve(output)
    const place = { run, folder, argv: process.argv.slice(2) }
    const { counts, withCoverage } = await during(
      terminal,
      `merging ${folders.length} records`,
      undefined,
      () => mergeRecords(folders, place),
    )
    if (output === undefined) becomeLatest(recordsFolder, run)
    for (const shard of withCoverage)
      terminal.say(`coverage is not merged: it stays in ${relative('.', shard) || shard}`)
    const lost = lostLine(counts)
    const lines = [`record: ${folder}`, ...(lost === undefined ? [] : [lost]), closingLine(counts)]
    terminal.print(process.stdout, `${lines.join('\n')}\n`)
    return EXIT.passed
  },
}
