import type { ReportOptions } from '../../commands/report.js'
import { formatNames } from '../../report/format-names.js'
import type { CommandSpec } from '../command.js'

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
