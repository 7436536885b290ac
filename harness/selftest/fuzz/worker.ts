import { parentPort, workerData } from 'node:worker_threads'
import type { FuzzProblem } from '../../contract/fuzz-result.js'
import { CURRENT, DONE, NONE, type FuzzWork } from './messages.js'
import { caseOf, tryCase, type FuzzReader } from './reader.js'

const work = workerData as FuzzWork
const { readers } = (await import(work.module)) as { readonly readers: readonly FuzzReader[] }
const reader = readers.find(({ name }) => name === work.reader)
const shared = new Int32Array(work.shared)

if (reader === undefined) throw new Error(`there is no reader "${work.reader}"`)
for (let number = work.from; number < work.below; number += work.step) {
  Atomics.store(shared, CURRENT, number)
  const problem = await tryCase(reader, caseOf(reader, work.seed, number))
  if (problem !== undefined) parentPort?.postMessage({ number, problem } satisfies FuzzProblem)
  Atomics.add(shared, DONE, 1)
}
// A worker that exits earlier has not finished a case.
Atomics.store(shared, CURRENT, NONE)
