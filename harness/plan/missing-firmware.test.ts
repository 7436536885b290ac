import t from 'tap'
import { missingFirmware } from './missing-firmware.js'

void t.test('firmware that modules name and the guest does not have is named', async t => {
  const root = t.testdir({ fw: { ring: { 'a.bin': '' } }, 'b.bin': '' })
  const modules = [
    { name: 'ring', firmware: ['ring/a.bin', 'b.bin', 'c.bin'] },
    { name: 'user', firmware: [] },
  ]
  t.match(await missingFirmware({ root, guest: { firmware: ['fw', 'b.bin'] } }, modules), [
    /^ring may request c\.bin, which no guest has.*"guest": \{ "firmware": \["fw","b.bin","firmware"\] \}$/,
  ])
  t.match(await missingFirmware({ root, guest: {} }, modules), [/request ring\/a\.bin, b\.bin, c/])
  t.strictSame(await missingFirmware({ root, guest: {} }, modules.slice(1)), [])
  const files = {
    '/lib/firmware/ring': 'fw/ring',
    '/usr/lib/firmware/b.bin': 'b.bin',
    '/c.bin': 'x',
  }
  t.match(await missingFirmware({ root, guest: { files } }, modules), [/request c\.bin, which/])
})
