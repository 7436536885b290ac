import t from 'tap'
import type { GuestConfig } from '../project/guest-fields.js'
import { missingFirmware } from './missing-firmware.js'

void t.test('firmware that modules name and the guest does not have is named', async t => {
  const root = t.testdir({ fw: { ring: { 'a.bin': '' } }, 'b.bin': '' })
  const modules = [
    { name: 'ring', firmware: ['ring/a.bin', 'b.bin', 'c.bin'] },
    { name: 'user', firmware: [] },
  ]
  const missing = (guest: GuestConfig) => missingFirmware({ root, guest }, modules)
  t.strictSame(await missing({ firmware: ['fw', 'b.bin'] }), { ring: ['c.bin'] })
  t.strictSame(await missing({}), { ring: ['ring/a.bin', 'b.bin', 'c.bin'] })
  const files = {
    '/lib/firmware/ring': 'fw/ring',
    '/usr/lib/firmware/b.bin': 'b.bin',
    '/c.bin': 'x',
  }
  t.strictSame(await missing({ files }), { ring: ['c.bin'] })
})
