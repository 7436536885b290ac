import type { CommandSpec } from '../command.js'

export const doctorCommand: CommandSpec<object> = {
  name: 'doctor',
  summary:
    'Check tools, disk, memory and KVM, boot a machine, and name the remedy for what is missing.',
  examples: [['modprove doctor', 'exit status 3 when something is missing']],
  outlivesReader: true,
  options: {},
  load: () => import('../../commands/doctor.js'),
}
