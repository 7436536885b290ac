import { spawn } from 'node:child_process'
import t from 'tap'
import { Silence } from './silence.js'

void t.test('a worker that somebody stopped is not silent, and that is told once', async t => {
  const worker = spawn('sleep', ['600'])
  t.teardown(() => worker.kill('SIGKILL'))
  worker.kill('SIGSTOP')
  const told: string[] = []
  await new Promise<void>(resolve => {
    const silence = new Silence(worker.pid, 100, {
      isStopped: pid => {
        told.push(`stopped ${pid === worker.pid}`)
        worker.kill('SIGCONT')
      },
      staysStopped: () => undefined,
      blocks: () => {
        told.push('silent')
        silence.end()
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
    const silence = new Silence(worker.pid, 10, {
      isStopped: () => undefined,
      blocks: () => resolve('silent'),
      staysStopped: () => {
        silence.end()
        resolve('stopped')
      },
    })
  })
  t.equal(told, 'stopped')
})
