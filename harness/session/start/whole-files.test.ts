import t from 'tap'
import type { LogRecord } from '../../contract/log-record.js'
import { requireWholeFiles } from './whole-files.js'

const machine = { memoryMiB: 128 }
const record = (text: string, facility = 0): LogRecord => {
  return { sequence: 0, timeUs: 0, level: 0, facility, caller: 'T1', text }
}
/** Its log is read only when it is waited for. */
const guestThatLogs = (...records: readonly LogRecord[]) => {
  let read: readonly LogRecord[] = []
  const barrier = async () => {
    read = records
    return 0
  }
  return { log: { barrier, since: () => [...read] } }
}

void t.test(
  'an initramfs that does not fit in the guest is told with the memory to ask for',
  async t => {
    const guest = guestThatLogs(record('Initramfs unpacking failed: write error'))
    await t.rejects(requireWholeFiles(guest, machine), {
      code: 'GUEST_FILES_MISSING',
      exitCode: 3,
      detail: 'Initramfs unpacking failed: write error',
      remedy: /more than 128 MiB, "machine": \{ "memory": "256M" \}/,
    })
  },
)

void t.test('what a program logs says nothing of it', async t => {
  const guest = guestThatLogs(record('Initramfs unpacking failed: write error', 1), record('ready'))
  await t.resolves(requireWholeFiles(guest, machine))
})
