import t from 'tap'
import { secondsHere } from './host-slowness.js'

void t.test(
  'a usual duration grows with how slow this host is, and shrinks with its cores',
  async t => {
    t.equal(await secondsHere(210, 2, 1), 210)
    t.equal(await secondsHere(210, 2, 4), 840, 'four times as slow')
    t.equal(await secondsHere(210, 1, 1), 420)
    t.equal(await secondsHere(210, 8, 1), 52.5)
    t.ok((await secondsHere(210)) > 0, 'measured where nobody has measured yet')
  },
)
