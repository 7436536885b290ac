import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { extrasOf } from './extras.js'

const { signal } = new AbortController()
const extras = (cpio: Buffer | undefined, path: string): string =>
  execFileSync('cpio', ['-i', '--quiet', '--to-stdout', path], { input: cpio ?? '' }).toString()

void t.test('modules are unpacked, and those that init loads are listed in order', async t => {
  const folder = t.testdir({})
  const content = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0xff, 0x00, 0x80])
  const module = async (name: string, packer?: string, ending = '') => {
    const file = join(folder, `${name}.ko${ending}`)
    const packed = packer === undefined ? content : execFileSync(packer, ['-c'], { input: content })
    await writeFile(file, packed)
    return { name, file, depends: [], isRequested: false }
  }
  const atBoot = [
    await module('virtio_net', 'xz', '.xz'),
    await module('failover', 'zstd', '.zst'),
    await module('aes', 'gzip', '.gz'),
  ]
  const kernelModules = [await module('ring')]
  const made = await extrasOf({ root: folder, guest: {} }, { kernelModules, atBoot }, signal)
  t.equal(
    extras(made, 'lib/modprove/at-boot'),
    '/lib/modprove/kernel/virtio_net.ko\n/lib/modprove/kernel/failover.ko\n/lib/modprove/kernel/aes.ko\n',
  )
  for (const { name } of [...atBoot, ...kernelModules])
    t.equal(extras(made, `lib/modprove/kernel/${name}.ko`), content.toString(), name)
})

void t.test('without any of it, there is no segment', async t => {
  const none = { kernelModules: [], atBoot: [] }
  t.equal(await extrasOf({ root: '/', guest: {} }, none, signal), undefined)
})
