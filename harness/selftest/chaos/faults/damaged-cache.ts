import { readdir, readFile, rename, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { byLastUse } from '../../../platform/files/last-use.js'
import type { Fault } from '../fault.js'
import type { Lab } from '../lab.js'
import { privateCache } from '../private-cache.js'

export const damagedCacheFault: Fault = {
  row: 15,
  name: 'damaged-cache',
  fault: 'entries of the cache that are cut short, half-written, or of another version',
  expected: 'noticed, made again, and that is said',
  make: async lab => {
    const cache = await privateCache(lab)
    const env = { MODPROVE_CACHE: cache }
    await lab.run(['run', 'lost', '--grep', 'before'], { env })
    for (const { what, damage, said } of damages) {
      await damage(cache)
      const ended = await lab.run(['run', 'lost', '--grep', 'before'], { env })
      lab.expect(ended, { lost: { before: 'pass' } })
      if (said === undefined) {
        const made = await entriesOf(cache, 'modules')
        lab.check(`${what}: it is made again`, made.length === 1, made.join(', '))
        lab.tell(`${what}: made again`)
      } else {
        lab.match(`${what}: it is said`, ended.output, said)
        lab.tell(`${what}: ${said.exec(ended.output)?.[0] ?? 'nothing was said'}`)
      }
      await again(lab, env, what)
    }
  },
}

/** The next run must find the new entry undamaged. */
async function again(lab: Lab, env: NodeJS.ProcessEnv, what: string): Promise<void> {
  const ended = await lab.run(['build'], { env })
  lab.check(`${what}: it is whole then`, !/damaged/.test(ended.output), ended.output)
}

interface Damage {
  readonly what: string
  readonly damage: (cache: string) => Promise<void>
  /** Absent if the damage looks like a missing entry. */
  readonly said?: RegExp
}

const damages: readonly Damage[] = [
  {
    what: 'a module cut short',
    damage: async cache => truncate(join(await only(cache, 'modules'), 'faulty.ko'), 100),
    said: /The cached module for .* is damaged \(faulty\.ko has 100 bytes instead of \d+\); making it again/,
  },
  {
    what: 'a module with a hole where its data was not written',
    damage: async cache => {
      const file = join(await only(cache, 'modules'), 'faulty.ko')
      await writeFile(file, Buffer.alloc((await stat(file)).size))
    },
    said: /The cached module for .* is damaged \(faulty\.ko has other content\); making it again/,
  },
  {
    what: 'an agent cut short',
    damage: async cache => truncate(join(await only(cache, 'programs', 'agent-'), 'agent'), 4096),
    said: /The cached images\/guest\/agent is damaged \(agent has 4096 bytes/,
  },
  {
    what: 'an initramfs with other content',
    damage: async cache => {
      const folder = await only(cache, 'initramfs', 'base-')
      const file = join(folder, 'base.cpio')
      await writeFile(file, Buffer.alloc((await stat(file)).size, 'x'))
    },
    said: /The cached initramfs's base is damaged \(base\.cpio has other content\)/,
  },
  {
    what: 'a template whose memory was cut short',
    damage: async cache => truncate(join(await only(cache, 'templates'), 'memory'), 1 << 20),
    said: /The cached template of .* is damaged \(memory has 1048576 bytes/,
  },
  {
    what: 'a template that somebody wrote into',
    damage: async cache => {
      const file = join(await only(cache, 'templates'), 'memory')
      // In place and with the same size, as a machine with a shared mapping would write.
      const data = await readFile(file)
      data.fill(0xff, 1 << 20, 2 << 20)
      await writeFile(file, data)
    },
    said: /The cached template of .* is damaged \(somebody wrote into it\)/,
  },
  {
    what: 'a list of contents cut short',
    damage: async cache => truncate(join(await only(cache, 'modules'), 'manifest.json'), 20),
    said: /The cached module for .* is damaged \(manifest\.json is missing or cut short\)/,
  },
  {
    what: "another version's entry in its place",
    damage: async cache => {
      const folder = await only(cache, 'modules')
      const manifest = join(folder, 'manifest.json')
      const known = JSON.parse(await readFile(manifest, 'utf8')) as object
      await writeFile(manifest, JSON.stringify({ ...known, key: '6.1.1-plain-0' }))
    },
    said: /The cached module for .* is damaged \(it is that of 6\.1\.1-plain-0\)/,
  },
  {
    what: 'an entry that a process died over',
    damage: async cache => {
      for (const name of await entriesOf(cache, 'modules')) {
        const folder = join(cache, 'modules', name)
        await rename(folder, `${folder}.99999.partial`)
      }
    },
  },
]

/** Names of a kind's complete entries. */
async function entriesOf(cache: string, kind: string): Promise<string[]> {
  return (await readdir(join(cache, kind))).filter(name => !name.endsWith('.partial'))
}

/** A kind's only entry. */
async function only(cache: string, kind: string, prefix = ''): Promise<string> {
  const names = (await entriesOf(cache, kind)).filter(name => name.startsWith(prefix))
  // The last used, because a rebuilt base has new keys, and old templates stay.
  const [last] = await byLastUse(names.map(name => join(cache, kind, name)))
  return last?.path ?? join(cache, kind)
}
