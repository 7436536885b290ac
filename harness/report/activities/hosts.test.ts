import t from 'tap'
import { noCounts } from '../../contract/events.js'
import type { HostResult } from '../../contract/host-result.js'
import { hostCounts, hostsTable } from './hosts.js'

const column = (flavour: string, counts: Partial<typeof noCounts>, notRestored = 0) => ({
  release: '6.1.9',
  flavour,
  counts: { ...noCounts, ...counts },
  notRestored,
})
const trixie = { debian: 'trixie', qemu: 'QEMU emulator version 10.0.13 (Debian 1:10.0)' }
const good: HostResult = { ...trixie, start: 'cold', columns: [column('plain', { pass: 8 })] }

void t.test('QEMUs by kernels and flavours, and what was not run', async t => {
  const results: HostResult[] = [
    { ...good, columns: [...good.columns, column('debug', { pass: 3, fail: 1 })] },
    { ...good, start: 'restored', columns: [column('plain', { pass: 8 }, 2)] },
    { debian: 'sid', columns: [], problem: 'sid does not\nanswer' },
  ]
  t.strictSame(hostsTable(results).split('\n'), [
    'QEMU     Debian  start     6.1.9 plain  6.1.9 debug',
    '10.0.13  trixie  cold              ✓ 8     ✗ 1 of 4',
    '10.0.13  trixie  restored   ‼ 2 booted            ‼',
    '–        sid                         ‼            ‼',
    '',
    'marks: ✓ tests passed, ✗ failed, ‼ lost, or not restored from a template',
    '‼ sid: sid does not answer',
    '',
  ])
})

void t.test(
  'a machine that booted though it should be restored, and a QEMU not run, are lost',
  t => {
    t.match(hostCounts([good]), { pass: 8, error: 0 })
    t.match(hostCounts([{ ...good, columns: [column('plain', { pass: 8 }, 2)] }]), { error: 2 })
    t.match(hostCounts([{ debian: 'sid', columns: [], problem: 'gone' }]), { error: 1 })
    t.end()
  },
)
