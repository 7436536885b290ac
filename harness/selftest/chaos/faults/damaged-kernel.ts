import { readdir, readFile, rm, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { indexFrom } from '../archive-index.js'
import { archivePackage } from '../archive-package.js'
import type { Fault } from '../fault.js'
import { LocalMirror } from '../local-mirror.js'
import { privateCache } from '../private-cache.js'

export const damagedKernelFault: Fault = {
  row: 15,
  name: 'damaged-kernel',
  fault: 'a kernel cut short; its unpacked source without a file; its package cut short',
  expected: 'noticed, made again, and that is said',
  make: async lab => {
    await using mirror = await LocalMirror.open()
    const data = await readFile(await archivePackage(lab))
    mirror.answers = path => (path.endsWith('.deb') ? { data } : undefined)
    // Copied, so that the common cache stays intact.
    const cache = await privateCache(lab, { linked: false })
    await indexFrom(mirror.address, cache, lab.kernel)
    const env = { MODPROVE_CACHE: cache, MODPROVE_MIRROR: mirror.address }
    /** Stops before the kernel is compiled, which would take minutes. */
    const build = async (what: string, said: RegExp): Promise<void> => {
      const { output } = await lab.run(['build', '--kernel', lab.kernel], {
        env,
        during: async running => {
          await running.process(line => /\bmake .*-j/.test(line))
          running.kill('SIGINT')
        },
      })
      lab.match(`${what}: it is said`, output, said)
      lab.tell(`${what}: ${said.exec(output)?.[0] ?? 'nothing was said'}`)
    }
    const only = async (kind: string): Promise<string> => {
      const names = await readdir(join(cache, kind))
      lab.check(`${kind}: nothing beside it`, names.length === 1, names.join(', '))
      return join(cache, kind, names[0] ?? '')
    }
    const sizeOf = async (path: string): Promise<number> => (await stat(path)).size

    const image = join(await only('kernels'), 'vmlinux')
    await truncate(image, Math.floor((await sizeOf(image)) / 2))
    await build(
      'a kernel cut short',
      /The cached kernel .* is damaged \(vmlinux has \d+ bytes instead of \d+\); making it again/,
    )
    lab.check('fetched once', mirror.asked.length === 1, mirror.asked.join(' '))

    await rm(join(await only('unpacked'), 'kernel/fork.c'))
    await build(
      'a source without a file',
      /The unpacked .* is damaged \(kernel\/fork\.c is missing\); unpacking it again/,
    )
    const source = await stat(join(await only('unpacked'), 'kernel/fork.c')).catch(() => undefined)
    lab.check('the file is there again', source?.isFile() === true)

    const file = await only('sources')
    await truncate(file, Math.floor(data.length / 2))
    await rm(await only('unpacked'), { recursive: true })
    await build(
      'a package cut short',
      /\S+\.deb could not be unpacked and was removed; fetching it again/,
    )
    const bytes = await sizeOf(await only('sources'))
    lab.check('the package is whole again', bytes === data.length, `${bytes} bytes`)
    lab.check('fetched twice', mirror.asked.length === 2, mirror.asked.join(' '))
    const left = (await readdir(cache, { recursive: true })).filter(name => /\.partial$/.test(name))
    lab.check('nothing half-made is left', left.length === 0, left.join(', '))
  },
}
