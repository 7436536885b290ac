import t from 'tap'
import { KernelLog } from './kernel-log.js'
import { parseRecord } from '../../verdict/reader/parse-record.js'

const log = (): KernelLog => new KernelLog(() => Promise.resolve())

void t.test('a record of /dev/kmsg', t => {
  t.strictSame(parseRecord('6,136,2112092,-,caller=T26;IPv6: eth0: link; ready'), {
    sequence: 136,
    timeUs: 2112092,
    level: 6,
    facility: 0,
    caller: 'T26',
    text: 'IPv6: eth0: link; ready',
  })
  t.match(parseRecord('11,7,1,-;said by init'), { level: 3, facility: 1, caller: '' })
  t.match(parseRecord('4,8,1,c,caller=C0;'), { caller: 'C0', text: '' })
  t.equal(parseRecord('4,8,1,c,caller=C0;\\x1b[31m')?.text, '\\x1b[31m', 'escapes stay')
  t.match(parseRecord('4294967296,8,1,-;x'), { facility: 536870912 }, 'not the kernel')
  t.match(parseRecord('4,8,1,-,caller=T9x;y'), { caller: '' }, 'no other caller')
  for (const line of ['', 'hello', '4,8;x', '-4,8,1,-;x', '4,99999999999999999999,1,-;x']) {
    t.equal(parseRecord(line), undefined, JSON.stringify(line))
  }
  t.end()
})

void t.test('records since a barrier', async t => {
  const kernel = log()
  kernel.take('6,5,1,-;before')
  const mark = await kernel.barrier()
  t.equal(mark, 5)
  kernel.take('6,6,2,-;after')
  t.strictSame(
    kernel.since(mark).map(record => record.text),
    ['after'],
  )
  t.equal(kernel.since(-1).length, 2)
  t.equal(kernel.lost, 0, 'a ring buffer that wrapped earlier is not a loss')
})

void t.test('gaps and malformed lines are counted', t => {
  const kernel = log()
  kernel.take('6,5,1,-;a')
  kernel.take('6,9,1,-;b')
  kernel.take('6,7,1,-;from the past')
  kernel.take('nonsense')
  t.match(kernel.takeLosses(), [{ count: 3, after: { text: 'a' }, before: { text: 'b' } }])
  t.strictSame(kernel.takeLosses(), [])
  t.match(kernel, { lost: 3, malformed: 2, last: 9 })
  t.equal(kernel.since(-1).length, 2)
  t.end()
})

void t.test('losses are bounded, and none is left out of their count', t => {
  const kernel = log()
  for (let sequence = 0; sequence <= 400; sequence += 2) kernel.take(`6,${sequence},1,-;x`)
  const losses = kernel.takeLosses()
  t.equal(losses.length, 100)
  t.equal(
    losses.reduce((sum, { count }) => sum + count, 0),
    200,
  )
  t.match(losses.at(-1), { after: { sequence: 198 }, before: { sequence: 400 } })
  t.end()
})

void t.test('a flood is bounded, and the newest records are kept', t => {
  const kernel = log()
  const count = 50_000
  for (let sequence = 0; sequence < count; sequence++) kernel.take(`6,${sequence},1,-;x`)
  const kept = kernel.since(-1)
  t.ok(kept.length <= 20_000)
  t.equal(kept.length + kernel.dropped, count)
  t.equal(kept.at(-1)?.sequence, count - 1)
  t.end()
})
