import { WorkerProcess } from './worker-process.js'

/** Idle workers, started early: a worker takes a second to load. */
const spares: WorkerProcess[] = []

/** Starts workers ahead of their jobs, up to this many. */
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

/** A spare worker, or a new one. */
export const takeWorker = (): WorkerProcess => spares.shift() ?? new WorkerProcess()

/** Ends unused spares; they own nothing. */
export async function dismissWorkers(): Promise<void> {
  const idle = spares.splice(0)
  for (const worker of idle) worker.kill()
  await Promise.all(idle.map(worker => worker.ended))
}
