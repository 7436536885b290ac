import type { CommandSpec } from '../command.js'
import { baselineOption } from '../selection.js'
import type { CompareOptions } from '../../commands/compare.js'
import type { HistoryOptions } from '../../commands/history.js'
import type { MergeOptions } from '../../commands/merge.js'
import type { ReportOptions } from '../../commands/report.js'
import { formatNames } from '../../contract/format-names.js'

export const compareCommand: CommandSpec<CompareOptions> = {
  name: 'compare',
  args: '[run]',
  summary:
    'Compare the record of a run (default: the last one) with the runs before it, and add what changed to the record.',
  examples: [
    ['modprove compare', 'the last run with those before it'],
    ['modprove compare latest --baseline 20261120T0200', 'with a chosen run, too'],
    ['modprove compare merged --remember', 'a record that was merged or brought from elsewhere'],
  ],
  outlivesReader: true,
  options: {
    baseline: baselineOption,
    remember: {
      flags: '--remember',
      description: 'add the run to the history: `run` does so by itself, `merge` does not',
    },
  },
  load: () => import('../../commands/compare.js'),
}

export const historyCommand: CommandSpec<HistoryOptions> = {
  name: 'history',
  args: '[test]',
  summary: 'Show how tests ended in their last runs on each kernel.',
  examples: [
    ['modprove history', 'tests whose results differ'],
    ['modprove history C7', 'tests whose name matches; it is a regular expression'],
    ['modprove history . --suite ring', 'all tests of a suite'],
  ],
  outlivesReader: true,
  options: { suite: { flags: '--suite <name>', description: 'only tests of this suite' } },
  load: () => import('../../commands/history.js'),
}

export const reportCommand: CommandSpec<ReportOptions> = {
  name: 'report',
  args: '[run]',
  summary: 'Report a run from its record: for people, for CI, for databases.',
  examples: [
    ['modprove report', 'a summary of the latest run'],
    ['modprove report 8fb9e5 --format pretty', 'as it was printed; a part of its name will do'],
    ['modprove report --format junit --output junit.xml', 'for a CI that draws tables'],
    ['modprove report --format markdown >> "$GITHUB_STEP_SUMMARY"', 'a step summary'],
    ['modprove report --format html', 'a page to read in the morning: report.html in the record'],
    ['modprove report --format github', 'annotations at the lines of the module'],
  ],
  outlivesReader: true,
  options: {
    format: {
      flags: '--format <name>',
      description: 'output format',
      choices: formatNames,
      initial: 'summary',
    },
    output: {
      flags: '--output <file>',
      description: 'output file (default: standard output; report.html in the record for html)',
    },
  },
  load: () => import('../../commands/report.js'),
}

export const mergeCommand: CommandSpec<MergeOptions> = {
  name: 'merge',
  args: '<records...>',
  summary:
    'Merge the records of shards into one, as if one run had made it. RECORDS may be a folder of workers.',
  examples: [
    ['modprove merge results', 'what workers brought; a job that none has is missed'],
    ['modprove merge shards/*', 'the merged record becomes the latest'],
    ['modprove merge a b --output merged', 'into a named folder'],
  ],
  outlivesReader: true,
  options: {
    output: {
      flags: '--output <folder>',
      description: 'folder of the merged record (default: beside the others)',
    },
  },
  load: () => import('../../commands/merge.js'),
}
