import { benchCommand } from './bench.js'
import { bisectCommand } from './bisect.js'
import { buildCommand } from './build.js'
import { chaosCommand } from './chaos.js'
import { cleanCommand } from './clean.js'
import { compareCommand } from './compare.js'
import { doctorCommand } from './doctor.js'
import { fuzzCommand } from './fuzz.js'
import { historyCommand } from './history.js'
import { kernelsCommand } from './kernels.js'
import { mergeCommand } from './merge.js'
import { mutantsCommand } from './mutants.js'
import { nightlyCommand } from './nightly.js'
import { replayCommand } from './replay.js'
import { reportCommand } from './report.js'
import { runCommand } from './run.js'
import { shellCommand } from './shell.js'
import { soakCommand } from './soak.js'
import { testCommand } from './test.js'
import { watchCommand } from './watch.js'
import type { CommandSpec } from '../command.js'

/** In the order of the help text. */
export const commands: readonly CommandSpec<object>[] = [
  runCommand,
  replayCommand,
  watchCommand,
  mutantsCommand,
  bisectCommand,
  buildCommand,
  shellCommand,
  doctorCommand,
  kernelsCommand,
  compareCommand,
  nightlyCommand,
  historyCommand,
  reportCommand,
  mergeCommand,
  benchCommand,
  chaosCommand,
  soakCommand,
  fuzzCommand,
  cleanCommand,
  testCommand,
]
