import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { QemuProcess } from './qemu-process.js'

/** Without CONFIG_SCHED_INFO, the file is missing or has zeros. */
function isCounted(): boolean {
  try {
    return !readFileSync('/proc/self/schedstat', 'latin1').startsWith('0 0 ')
  } catch {
    return false
  }
}

void t.test(
  'time spent waiting for a CPU counts as stopped',
  { skip: isCounted() ? false : 'this kernel does not measure run queue delay' },
  async t => {
    const busy = ['-c', 'while :; do :; done']
    const crowd = Array.from(
      { length: 3 * availableParallelism() },
      () => new QemuProcess('/bin/sh', busy),
    )
    t.teardown(() => Promise.all(crowd.map(one => (one.kill('the test is over'), one.ended))))
    while (crowd.some(({ stoppedMs }) => stoppedMs < 500)) await pause(10)
    t.pass('each of them waited for a while')
  },
)

void t.test('a disk that the host cannot keep is no fault of the guest', async t => {
  const one = new QemuProcess('/bin/sleep', ['60'])
  t.teardown(() => (one.kill('the test is over'), one.ended))
  const reason = 'No space left on device'
  one.onEvent({ event: 'BLOCK_IO_ERROR', data: { action: 'stop', nospace: true, reason } })
  t.match(await one.ended, { how: 'killed', why: /its disk in \/.*: No space left on device$/ })
})

void t.test('what a wrapper prints to stdout is kept as its reason', async t => {
  const one = new QemuProcess('/bin/sh', ['-c', 'echo no licence is left; exit 3'])
  t.match(await one.ended, { how: 'qemu', exitCode: 3, stderr: 'no licence is left' })
})
