import type { CommandSpec } from '../command.js'

export const testCommand: CommandSpec<object> = {
  name: 'test',
  summary:
    "Test modprove itself (npm test): the harness's unit tests, every suite on 6.1 in every flavour, and the quick faults of chaos.",
  examples: [['modprove test', 'what CI runs']],
  options: {},
  load: () => import('../../commands/test.js'),
}
