import { spawn } from 'node:child_process'
import t from 'tap'
import { WorkerWatchdog } from './worker-watchdog.js'

void t.test('a worker that somebody stopped is not silent, and that is told once', async t => {
  const worker = spawn('sleep', ['600'])
  t.teardown(() => worker.kill('SIGKILL'))
  worker.kill('SIGSTOP')
  const told: string[] = []
  await new Promise<void>(resolve => {
    const watchdog = new WorkerWatchdog(worker.pid, 100, {
      isStopped: pid => {
        told.push(`stopped ${pid === worker.pid}`)
        worker.kill('SIGCONT')
      },
      staysStopped: () => undefined,
      blocks: () => {
        told.push('silent')
        watchdog.end()
        resolve()
      },
    })
  })
  t.strictSame(told, ['stopped true', 'silent'], 'once it goes on, it is')
})

void t.test('one that is not let go on is given up', async t => {
  const worker = spawn('sleep', ['600'])
  t.teardown(() => worker.kill('SIGKILL'))
  worker.kill('SIGSTOP')
  const told = await new Promise<string>(resolve => {
    const watchdog = new WorkerWatchdog(worker.pid, 10, {
      isStopped: () => undefined,
      blocks: () => resolve('silent'),
      staysStopped: () => {
        watchdog.end()
        resolve('stopped')
      },
    })
  })
  t.equal(told, 'stopped')
})
