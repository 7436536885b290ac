import t from 'tap'
import { besideLog } from '../finding.js'
import { withUnloaded } from './unloaded.js'

const sections = [
  { module: 'user', section: '.text', address: 0xffffffffa0008000n, size: 0x1000 },
  { module: 'ring', section: '.data', address: 0xffffffffa0003000n, size: 0x100 },
  { module: 'ring', section: '.text', address: 0xffffffffa0001000n, size: 0xa00 },
]
const GONE = 'Modules linked in: user(O) [last unloaded: ring(O)]'

const PAGE_FAULT = 'unable to handle page fault in __for_each_wrap'
const reportOf = (lines: readonly string[], known = sections) => {
  const finding = { ...besideLog('oops', PAGE_FAULT, 1), function: '__for_each_wrap' }
  return withUnloaded({ ...finding, text: lines.join('\n') }, known)
}
/** The place in a report with these lines. */
const placeIn = (...lines: readonly string[]) => reportOf(lines).unloaded

void t.test('what a report is about may lie where an unloaded module was', async t => {
  const code = { module: 'ring', place: { section: '.text', address: 0x9d0 } }
  const hint =
    'ODEBUG: free active (active state 0) object type: timer_list hint: 0xffffffffa00019d0'
  t.strictSame(placeIn(hint, GONE), { digits: '0xffffffffa00019d0', ...code })
  t.match(placeIn('RIP: 0010:0xffffffffa00019d0', GONE), code)
  t.match(placeIn('Call Trace:', ' 0xffffffffa00019d0', GONE), code)
  const fault = 'BUG: unable to handle page fault for address: ffffffffa0003010'
  t.match(placeIn(fault, GONE), {
    module: 'ring',
    place: { section: '.data', address: 0x10 },
  })
})

void t.test('a module that is loaded, or was never there, is not meant', async t => {
  const fault = (address: string) => `BUG: unable to handle page fault for address: ${address}`
  t.equal(placeIn(fault('ffffffffa0003010'), 'Modules linked in: user(O) ring(O)'), undefined)
  t.equal(placeIn(fault('ffffffffa0008010'), GONE), undefined)
  t.equal(placeIn(fault('ffff888000001000'), GONE), undefined)
  t.equal(placeIn(fault('ffffffffa0003010')), undefined, 'what was loaded is not known')
  t.equal(placeIn('R13: ffffffffa0003010', GONE), undefined, 'a register may hold anything')
  const stale = ' ? 0xffffffffa00019d0'
  t.equal(placeIn('Call Trace:', stale, GONE), undefined, 'nor is a word on the stack a caller')
})

void t.test('what lies behind the end of a section is not of its module', async t => {
  t.equal(placeIn('RIP: 0010:0xffffffffa0001a00', GONE), undefined)
  const fault = 'BUG: unable to handle page fault for address: ffffffffa0003100'
  t.equal(placeIn(fault, GONE), undefined)
})

void t.test('where two modules had been, one after another, neither is named', async t => {
  const ran = ['BUG: x', 'RIP: 0010:0xffffffffa00019d0', 'Modules linked in:']
  const earlier = { section: '.text', address: 0xffffffffa0001900n, size: 0x1000 }
  t.equal(reportOf(ran, [...sections, { ...earlier, module: 'old' }]).unloaded, undefined)
  const again = reportOf(ran, [...sections, { ...earlier, module: 'ring' }]).unloaded
  t.strictSame(
    again,
    { digits: '0xffffffffa00019d0', module: 'ring' },
    'which function, is unknown',
  )
})

void t.test('a module that is just loading may lie where another had been', async t => {
  const loading = 'Modules linked in: next(O+) [last unloaded: ring(O)]'
  const fault = 'BUG: unable to handle page fault for address: ffffffffa0003010'
  t.equal(placeIn(fault, loading), undefined)
  t.match(placeIn('RIP: 0010:0xffffffffa00019d0', loading), { module: 'ring' }, 'it has names')
})

void t.test('what ran in an unloaded module is not told as of a function on its stack', async t => {
  const ran = reportOf(['BUG: x', 'RIP: 0010:0xffffffffa00019d0', GONE])
  const title = 'unable to handle page fault in code of the unloaded module ring'
  t.match(ran, { title, function: undefined })
  const read = reportOf(['BUG: unable to handle page fault for address: ffffffffa0003010', GONE])
  t.match(read, { title: PAGE_FAULT, function: '__for_each_wrap' }, 'the kernel did that')
})
