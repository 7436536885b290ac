import t from 'tap'
import { formatAddress, nowhere, parseAddress, type PageAddress } from './app/page-address.js'

t.test('an address brings back all that was chosen', async t => {
  const place: PageAddress = {
    view: 'promises',
    words: 'mmap & "fork" #1',
    ends: ['f', 'y'],
    change: 'still-failing',
    column: '6.1 debug',
    suite: 'ring',
    open: { suite: 'ring', on: '6.12 plain', test: 'C4 ünïcode = 100 % & more' },
  }
  t.strictSame(parseAddress(`#${formatAddress(place)}`), place)
  const job = { suite: 'ring', on: '6.12 plain' }
  t.strictSame(parseAddress(formatAddress({ ...place, open: job })).open, job)
})

t.test('no choice has no address; all taken away is a choice', async t => {
  t.equal(formatAddress(nowhere), '')
  t.strictSame(parseAddress(''), nowhere)
  t.strictSame(parseAddress(formatAddress({ ...nowhere, ends: [] })).ends, [])
})

t.test('an address that somebody made up does no harm', async t => {
  t.strictSame(parseAddress('#view=__proto__&ends=qyz&change=constructor&in=a&%%%'), {
    ...nowhere,
    ends: ['y'],
  })
})
