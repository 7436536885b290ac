import { withMachine } from '../machine.js'
import { sideBySide, timed } from '../measure.js'
import { chosenSetup, type BenchRow } from '../row.js'

const CALLS = 1000
const ROUNDS = 5

export const agentRow: BenchRow = {
  name: 'agent',
  measures: 'one system call (getpid) through the agent',
  read: async context => {
    const { signal } = context
    return withMachine(await chosenSetup(context, 'plain'), signal, async ({ guest }) => {
      const user = await guest.process()
      const call = () => user.syscall('getpid')
      const oneByOne = async () => {
        for (let index = 0; index < CALLS; index += 1) await call()
      }
      const pipelined = () => Promise.all(Array.from({ length: CALLS }, call))
      const each = (act: () => Promise<unknown>) => async () => (await timed(act)) / CALLS
      return sideBySide(
        [
          { row: 'system call, one at a time', read: each(oneByOne), aim: { atMost: 0.7 } },
          { row: 'system call, pipelined', read: each(pipelined), aim: { atMost: 0.1 } },
        ],
        ROUNDS,
      )
    })
  },
}
