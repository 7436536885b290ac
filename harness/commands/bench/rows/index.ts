import type { BenchRow } from '../row.js'
import { agentRow } from './agent.js'
import { bootRows } from './boot.js'
import { kernelRow } from './kernel.js'
import { machinesRow } from './machines.js'
import { startRow } from './start.js'
import { verdictRows } from './verdict.js'

export const rows: readonly BenchRow[] = [
  startRow,
  ...bootRows,
  agentRow,
  machinesRow,
  ...verdictRows,
  kernelRow,
]
