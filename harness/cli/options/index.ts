import type { CommandSpec } from '../command.js'
import { runCommand, replayCommand, watchCommand, shellCommand, nightlyCommand } from './runs.js'
import { compareCommand, historyCommand, reportCommand, mergeCommand } from './records.js'
import { bundleCommand, planCommand, workerCommand } from './shards.js'
import { mutantsCommand, bisectCommand } from './searches.js'
import {
  initCommand,
  buildCommand,
  checkCommand,
  doctorCommand,
  kernelsCommand,
  cleanCommand,
} from './preparation.js'
import {
  benchCommand,
  chaosCommand,
  fuzzCommand,
  galleryCommand,
  hostsCommand,
  soakCommand,
  testCommand,
} from './selftests.js'

/** In the order of the help text. */
export const commands: readonly CommandSpec<object>[] = [
  initCommand,
  runCommand,
  replayCommand,
  watchCommand,
  mutantsCommand,
  bisectCommand,
  buildCommand,
  checkCommand,
  shellCommand,
  doctorCommand,
  kernelsCommand,
  compareCommand,
  nightlyCommand,
  historyCommand,
  reportCommand,
  planCommand,
  bundleCommand,
  workerCommand,
  mergeCommand,
  benchCommand,
  chaosCommand,
  soakCommand,
  fuzzCommand,
  galleryCommand,
  hostsCommand,
  cleanCommand,
  testCommand,
]
