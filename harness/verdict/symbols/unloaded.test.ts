import t from 'tap'
import { besideLog } from '../finding.js'
import { withUnloaded } from './unloaded.js'

const sections = [
  { module: 'user', section: '.text', address: 0xffffffffa0008000n },
  { module: 'ring', section: '.data', address: 0xffffffffa0003000n },
  { module: 'ring', section: '.text', address: 0xffffffffa0001000n },
]
const GONE = 'Modules linked in: user(O) [last unloaded: ring(O)]'

const PAGE_FAULT = 'unable to handle page fault in __for_each_wrap'
const reportOf = (...lines: readonly string[]) => {
  const finding = { ...besideLog('oops', PAGE_FAULT, 1), function: '__for_each_wrap' }
  return withUnloaded({ ...finding, text: lines.join('\n') }, sections)
}
/** The place in a report with these lines. */
const placeIn = (...lines: readonly string[]) => reportOf(...lines).unloaded

void t.test('what a report is about may lie where an unloaded module was', async t => {
  const code = { module: 'ring', section: '.text', address: 0x9d0 }
  const hint =
    'ODEBUG: free active (active state 0) object type: timer_list hint: 0xffffffffa00019d0'
  t.strictSame(placeIn(hint, GONE), { digits: '0xffffffffa00019d0', ...code })
  t.match(placeIn('RIP: 0010:0xffffffffa00019d0', GONE), code)
  t.match(placeIn('Call Trace:', ' 0xffffffffa00019d0', GONE), code)
  const fault = 'BUG: unable to handle page fault for address: ffffffffa0003010'
  t.match(placeIn(fault, GONE), { module: 'ring', section: '.data', address: 0x10 })
})

void t.test('a module that is loaded, or was never there, is not meant', async t => {
  const fault = (address: string) => `BUG: unable to handle page fault for address: ${address}`
  t.equal(placeIn(fault('ffffffffa0003010'), 'Modules linked in: user(O) ring(O)'), undefined)
  t.equal(placeIn(fault('ffffffffa0008010'), GONE), undefined)
  t.equal(placeIn(fault('ffff888000001000'), GONE), undefined)
  t.equal(placeIn(fault('ffffffffa0003010')), undefined, 'what was loaded is not known')
  t.equal(placeIn('R13: ffffffffa0003010', GONE), undefined, 'a register may hold anything')
})

void t.test('what ran in an unloaded module is not told as of a function on its stack', async t => {
  const ran = reportOf('BUG: x', 'RIP: 0010:0xffffffffa00019d0', GONE)
  const title = 'unable to handle page fault in code of the unloaded module ring'
  t.match(ran, { title, function: undefined })
  const read = reportOf('BUG: unable to handle page fault for address: ffffffffa0003010', GONE)
  t.match(read, { title: PAGE_FAULT, function: '__for_each_wrap' }, 'the kernel did that')
})
