import { availableParallelism } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { QemuProcess } from './qemu-process.js'

void t.test('the time that it waited for a processor is none that it had', async t => {
  const busy = ['-c', 'while :; do :; done']
  const crowd = Array.from(
    { length: 3 * availableParallelism() },
    () => new QemuProcess('/bin/sh', busy),
  )
  t.teardown(() => Promise.all(crowd.map(one => (one.kill('the test is over'), one.ended))))
  while (crowd.some(({ stoppedMs }) => stoppedMs < 500)) await pause(10)
  t.pass('each of them could not run for a while')
})
