import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { LogRecord } from '../contract/log-record.js'
import { KernelLogFile } from './kernel-log-file.js'

const record = (sequence: number, text: string): LogRecord => ({
  sequence,
  timeUs: 1_500_000,
  level: 4,
  facility: 0,
  caller: 'T1',
  text,
})

t.test('records are lines, after those of an earlier machine', async t => {
  const path = join(t.testdir({ 'kernel.log': 'before\n' }), 'kernel.log')
  const log = new KernelLogFile(path)
  log.write(record(1, 'eth0: up'))
  await log.end()
  t.equal(await readFile(path, 'utf8'), 'before\n<4>[1.500000][T1] eth0: up\n')
  t.equal(log.failure, undefined)
})

t.test('a flood is bounded, and how much is missing is said', async t => {
  const path = join(t.testdir({}), 'kernel.log')
  const log = new KernelLogFile(path, 1000)
  for (let sequence = 0; sequence < 100; sequence += 1) log.write(record(sequence, 'x'.repeat(80)))
  await log.end()
  t.match(await readFile(path, 'utf8'), /\n\[modprove: 90 records more were not kept\]\n$/)
  t.ok((await stat(path)).size < 1100)
})

t.test('a log that cannot be written says why, and its end is waited for by nobody', async t => {
  const log = new KernelLogFile(join(t.testdir({}), 'absent', 'kernel.log'))
  log.write(record(1, 'eth0: up'))
  await log.end()
  t.match(log.failure, { code: 'ENOENT' })
  await log.end()
})
