import { WorkerProcess } from './worker-process.js'

/** Started, and without work yet: a worker takes a second to load what it needs. */
const spares: WorkerProcess[] = []

/** Starts workers ahead of the jobs that they will be wanted for, until there are as many. */
export function prepareWorkers(count: number): void {
  while (spares.length < count) {
    const worker = new WorkerProcess()
    spares.push(worker)
    void worker.ended.then(() => {
      const index = spares.indexOf(worker)
      if (index >= 0) spares.splice(index, 1)
    })
  }
}

/** One that was prepared, or a new one. */
export const takeWorker = (): WorkerProcess => spares.shift() ?? new WorkerProcess()

/** Ends those that nobody took: they own nothing. */
export async function dismissWorkers(): Promise<void> {
  const idle = spares.splice(0)
  for (const worker of idle) worker.kill()
  await Promise.all(idle.map(worker => worker.ended))
}
