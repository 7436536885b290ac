import t from 'tap'
import { compareVersions, seriesOf, upstreamOf } from './version.js'

const ordered = [
  '5.10.262-1',
  '6.1.9-1',
  '6.1.187-1',
  '6.1.192-1',
  '6.1.192-2',
  '6.12.107-1~deb12u1',
  '6.12.107-1',
  '7.2.12-1~bpo13+1',
  '7.2.13-1',
  '7.3~rc7-1~exp1',
  '7.3-1',
  '7.3.4-1~bpo13+1',
  '7.3.4-1',
]

void t.test('versions sort by Debian’s rule, whatever their initial order', t => {
  const shuffled = ordered.map((_, i) => ordered[(i * 5) % ordered.length] ?? '')
  t.notSame(shuffled, ordered)
  t.strictSame(shuffled.sort(compareVersions), ordered)
  t.end()
})

void t.test(
  'a release candidate precedes its release, in the kernel’s and in Debian’s notation',
  t => {
    t.ok(compareVersions('7.3-rc7', '7.3') < 0)
    t.ok(compareVersions('7.3~rc7', '7.3') < 0)
    t.ok(compareVersions('7.3-rc2', '7.3-rc10') < 0, 'by value, not by letter')
    t.equal(compareVersions('7.3-rc7', '7.3~rc7'), 0)
    t.ok(compareVersions('7.2.13', '7.3-rc1') < 0)
    t.end()
  },
)

void t.test('an epoch outweighs the rest', t => {
  t.ok(compareVersions('1:5.10', '6.1') > 0)
  t.end()
})

void t.test('a package version names its kernel release and series', t => {
  t.equal(upstreamOf('6.1.192-2'), '6.1.192')
  t.equal(upstreamOf('7.3.4-1~bpo13+1'), '7.3.4')
  t.equal(upstreamOf('7.3~rc7-1~exp1'), '7.3-rc7')
  t.equal(upstreamOf('6.1-custom-2'), '6.1-custom', 'the revision stands behind the last dash')
  t.equal(seriesOf('6.12.107'), '6.12')
  t.equal(seriesOf('7.3-rc7'), '7.3')
  t.end()
})
