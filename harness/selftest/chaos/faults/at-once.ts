import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Fault } from '../fault.js'
import type { Lab } from '../lab.js'
import { privateCache } from '../private-cache.js'
import { logTools } from '../tool-log.js'

const fault = (name: string, runs: number, kind: 'cold' | 'warm'): Fault => ({
  row: 14,
  name,
  fault: `${runs} runs at once on a ${kind} cache`,
  expected: 'all right; one build of each thing',
  make: lab => runAtOnce(lab, runs, kind),
})

export const atOnceFaults: readonly Fault[] = [
  fault('two-cold', 2, 'cold'),
  fault('four-cold', 4, 'cold'),
  fault('eight-cold', 8, 'cold'),
  fault('eight-warm', 8, 'warm'),
]

async function runAtOnce(lab: Lab, runs: number, kind: 'cold' | 'warm'): Promise<void> {
  const cache = await privateCache(lab)
  await using tools = await logTools(['make', 'gcc', 'qemu-system-x86_64'])
  const env = { MODPROVE_CACHE: cache, ...tools.env }
  const run = (isOneOfMany: boolean) =>
    lab.run(['run', 'lost', '--grep', 'before'], { env, isOneOfMany })
  if (kind === 'warm') await run(false)
  const before = (await tools.calls()).length
  const all = await Promise.all(Array.from({ length: runs }, () => run(true)))
  const folders = new Set(all.map(({ folder }) => folder))
  lab.check('each has a record of its own', folders.size === runs, [...folders].join(' '))
  for (const ended of all) {
    lab.expect(ended, { lost: { before: 'pass' } })
  }
  const calls = (await tools.calls()).slice(before)
  const count = (which: RegExp): number => calls.filter(line => which.test(line)).length
  const built = {
    modules: count(/^make .*\bM=\S+ modules/),
    agents: count(/^gcc .*-static .*agent\/main\.c/),
    templates: count(/^qemu-system-x86_64 .*-kernel /),
  }
  const times = kind === 'cold' ? 1 : 0
  for (const [what, number] of Object.entries(built)) {
    lab.check(`${times} ${what} built`, number === times, `${number}: ${calls.join('\n')}`)
  }
  const restored = count(/^qemu-system-x86_64 .*-incoming /)
  lab.check(`${runs} machines restored`, restored === runs, String(restored))
  for (const part of ['modules', 'programs', 'templates', 'initramfs']) {
    const left = (await readdir(join(cache, part))).filter(name => name.endsWith('.partial'))
    lab.check(`nothing half-made in ${part}`, left.length === 0, left.join(' '))
  }
  // A further run would report leftovers of the earlier ones.
  await run(false)
  const each = Object.entries(built).map(([what, number]) => `${number} ${what}`)
  lab.tell(`${runs} passed; built: ${each.join(', ')}; ${restored} machines restored`)
}
