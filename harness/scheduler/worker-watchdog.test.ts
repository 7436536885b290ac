import { spawn } from 'node:child_process'
import t from 'tap'
import { WorkerWatchdog } from './worker-watchdog.js'

void t.test('a worker that somebody stopped is not silent, and that is noted once', async t => {
  const worker = spawn('sleep', ['600'])
  t.teardown(() => worker.kill('SIGKILL'))
  worker.kill('SIGSTOP')
  const told: string[] = []
  await new Promise<void>(resolve => {
    const giveUp = (why: string): void => {
      told.push(why)
      watchdog.end()
      resolve()
    }
    const watchdog = new WorkerWatchdog(worker.pid, 100, giveUp, pid => {
      told.push(`stopped ${pid === worker.pid}`)
      worker.kill('SIGCONT')
    })
  })
  t.strictSame(told, ['stopped true', 'silent'], 'once it goes on, it is')
})

void t.test('one that is not let go on is given up', async t => {
  const worker = spawn('sleep', ['600'])
  t.teardown(() => worker.kill('SIGKILL'))
  worker.kill('SIGSTOP')
  const told = await new Promise<string>(resolve => {
    const watchdog = new WorkerWatchdog(worker.pid, 10, why => {
      watchdog.end()
      resolve(why)
    })
  })
  t.equal(told, 'stopped')
})
