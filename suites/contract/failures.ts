import {
  MAP_PRIVATE,
  PROT_READ,
  RLIMIT_NOFILE,
  type DeclareTest,
  type Descriptor,
  type Test,
} from 'modprove'
import { takeAll } from '../descriptors.js'
import { Importer } from '../importer.js'
import { mapShared, PAGE } from '../mappings.js'
import type { Exporter, SizedExporter } from './adapter.js'
import { withImporter } from './importing.js'
import { live, released } from './released.js'
import type { Source } from './source.js'

interface Ready {
  readonly sized: SizedExporter
  readonly source: Source
  readonly buffer: Descriptor
}

/** Calls that fail; in tests' names each follows "although". */
const failures: Readonly<Record<string, (t: Test, ready: Ready) => Promise<unknown>>> = {
  'there was no descriptor left for another': noDescriptorLeft,
  'a pointer was bad': async (t, { source }) => {
    if (source.argument() === undefined) return t.pass('its call takes no argument')
    await t.rejects(source.device.ioctl(source.command, 8n), { code: 'EFAULT' })
  },
  'a command was unknown': (t, { source }) => t.rejects(source.device.ioctl(0xffffffff, 0n)),
  'a mapping was too long': (t, { buffer, sized }) =>
    t.rejects(mapShared(buffer, { length: sized.size + PAGE, prot: PROT_READ })),
  'a mapping was private': (t, { buffer, sized }) =>
    t.rejects(mapShared(buffer, { length: 2 * sized.size, prot: PROT_READ, flags: MAP_PRIVATE })),
  'an importer asked for a direction that is none': async (t, { buffer }) => {
    const session = await Importer.attached(buffer, 0)
    await t.rejects(session.map(0, 3), { code: 'EINVAL' })
    await session.close()
  },
}

async function noDescriptorLeft(t: Test, { source, buffer }: Ready): Promise<void> {
  const user = buffer.process
  const before = await user.getrlimit(RLIMIT_NOFILE)
  await user.setrlimit(RLIMIT_NOFILE, { ...before, soft: 32 })
  const taken = await takeAll(source.device)
  await t.rejects(source.descriptor(), { code: 'EMFILE' })
  await user.setrlimit(RLIMIT_NOFILE, before)
  for (const descriptor of taken) await descriptor.close()
}

/** C78 after failed calls: none of them releases the buffer, or changes its release. */
export function failurePromises(test: DeclareTest, exporter: Exporter): void {
  const sized = exporter.of(1)

  for (const [what, fail] of Object.entries(failures)) {
    test(
      `C78 the buffer is released once although ${what}`,
      withImporter(sized),
      async (t, guest) => {
        const { leaksWithoutDescriptor } = exporter.policies(guest.kernel)
        if (fail === noDescriptorLeft && leaksWithoutDescriptor)
          return t.plan(0, 'a bug of this kernel: the buffer stays')
        const source = await sized.open(await guest.process())
        const buffer = await source.descriptor()
        await fail(t, { sized, source, buffer })
        t.equal(await released(guest, exporter), 0, 'it is still held')
        await source.close()
        await buffer.close()
        t.equal(await released(guest, exporter), 1)
        t.strictSame(await live(guest, exporter), [])
      },
    )
  }
}
