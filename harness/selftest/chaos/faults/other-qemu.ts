import { unpackQemu } from '../../../builder/index.js'
import { script } from '../../../platform/process/script.js'
import { privateFolder } from '../../../platform/files/private-folder.js'
import type { Fault } from '../fault.js'
import { privateCache } from '../private-cache.js'

export const otherQemuFault: Fault = {
  row: 25,
  name: 'other-qemu',
  fault: "QEMU is of another version: Debian's newest, unpacked beside the host's",
  expected: 'a machine boots, another is saved and restored; the record names that QEMU',
  fast: true,
  make: async lab => {
    await using folder = await privateFolder({ TMPDIR: '/tmp' })
    const qemu = await unpackQemu('sid', folder.path, lab)
    const { stdout } = await script()`${qemu} --version`
    const version = stdout.split('\n')[0] ?? ''
    // A private cache, because templates for this QEMU are useless afterwards.
    const env = { MODPROVE_QEMU: qemu, MODPROVE_CACHE: await privateCache(lab) }
    for (const how of ['--cold', '']) {
      const words = ['run', 'lost', '--grep', 'before', ...(how === '' ? [] : [how])]
      const ended = await lab.run(words, { env })
      const at = how === '' ? 'restored' : 'booted'
      lab.expect(ended, { lost: { before: 'pass' } })
      const jobs = ended.view?.columns.flatMap(column => column.jobs) ?? []
      const why = jobs.flatMap(({ notRestored }) => notRestored).join('; ')
      lab.check(`${at}: and not otherwise`, why === '', why)
      const seen = ended.view?.start.host.qemu ?? 'no record'
      lab.check(`${at}: by that QEMU`, seen === version, seen)
    }
    lab.tell(`${version}: one booted and one restored machine passed`)
  },
}
