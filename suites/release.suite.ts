import { RLIMIT_NOFILE, suite } from 'modprove'
import { exporter } from './adapters/exporter.js'
import { failurePromises } from './contract/failures.js'
import { withImporter } from './contract/importing.js'
import { live, released } from './contract/released.js'
import { releasePromises } from './contract/release.js'
import { mapShared, openDevice, PAGE } from './exporter.js'
import { EXPORTER_IOC_GET_FD } from './uapi.js'

const test = suite('release on the last close', {
  ...withImporter(exporter.of(1)),
  invariants: exporter.invariants,
})

releasePromises(test, exporter)
failurePromises(test, exporter)

test('C78 an open device alone is released once although a descriptor, a pointer or a mapping failed', async (t, guest) => {
  const user = await guest.process()
  const device = await openDevice(user)
  await t.rejects(device.ioctl(EXPORTER_IOC_GET_FD, 8n), { code: 'EFAULT' })
  await t.rejects(mapShared(device, { length: 2 * PAGE }), { code: 'EINVAL' })
  const before = await user.getrlimit(RLIMIT_NOFILE)
  await user.setrlimit(RLIMIT_NOFILE, { ...before, soft: device.fd + 1 })
  await t.rejects(device.ioctl(EXPORTER_IOC_GET_FD, Buffer.alloc(4)), { code: 'EMFILE' })
  await user.setrlimit(RLIMIT_NOFILE, before)
  t.equal(await released(guest, exporter), 0)
  await device.close()
  t.equal(await released(guest, exporter), 1)
})

test('C78 an open device alone holds its buffer, and releases it on close', async (t, guest) => {
  const device = await openDevice(await guest.process())
  t.equal((await live(guest, exporter)).length, 1)
  await device.close()
  t.equal(await released(guest, exporter), 1)
  t.strictSame(await live(guest, exporter), [])
})
