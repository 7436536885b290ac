import type { HistoryOptions } from '../../commands/history.js'
import type { CommandSpec } from '../command.js'

export const historyCommand: CommandSpec<HistoryOptions> = {
  name: 'history',
  args: '[test]',
  summary: 'Show how tests ended in their last runs on each kernel.',
  examples: [
    ['modprove history', 'tests whose results differ'],
    ['modprove history C26', 'tests whose name matches; it is a regular expression'],
    ['modprove history . --suite mmap', 'all tests of a suite'],
  ],
  outlivesReader: true,
  options: { suite: { flags: '--suite <name>', description: 'only tests of this suite' } },
  load: () => import('../../commands/history.js'),
}
