import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { viewOf } from '../../../record/view.js'
import { readEvents } from '../../../record/read.js'
import type { Fault } from '../fault.js'
import type { Ended } from '../findings.js'
import type { Lab } from '../lab.js'
import { privateCache } from '../private-cache.js'
import { onSmallDisk } from '../small-disk.js'

const expected = 'an error that names the folder, exit 3; nothing half-written is believed'
const MIB = 1024 ** 2

export const fullDiskFaults: readonly Fault[] = [
  {
    row: 16,
    name: 'full-cache',
    fault: "the cache's disk is full: before the module, before the template's memory",
    expected,
    make: async lab => {
      await fullCache(lab, 'no room for the module', 64 * 1024)
      await fullCache(lab, 'no room for the template', 24 * MIB)
    },
  },
  {
    row: 16,
    name: 'full-record',
    fault: "the record's disk becomes full in a test",
    expected,
    fast: true,
    make: fullRecord,
  },
  {
    row: 16,
    name: 'full-tmpfs',
    fault: 'the folder for temporary files is full',
    expected,
    make: fullTemporary,
  },
]

async function fullCache(lab: Lab, what: string, bytes: number): Promise<void> {
  const cache = await privateCache(lab)
  const kept = `${cache}-kept`
  const ended = await lab.run(['run', 'lost', '--grep', 'before'], {
    env: { MODPROVE_CACHE: cache },
    wrapper: await onSmallDisk(cache, bytes, kept),
  })
  refused(lab, ended, what, cache)
  for (const part of ['modules', 'templates', 'initramfs', 'programs']) {
    const left = (await readdir(join(kept, part)).catch(() => [])).filter(name =>
      name.includes('.partial'),
    )
    lab.check(`${what}: nothing half-made in ${part}`, left.length === 0, left.join(' '))
  }
  // What exists is complete, or is made again.
  const next = await lab.run(['run', 'lost', '--grep', 'before'], { env: { MODPROVE_CACHE: kept } })
  lab.exits(next, 0, `${what}: with room, `)
  lab.check(`${what}: nothing was damaged`, !/damaged/.test(next.output), next.output)
}

async function fullRecord(lab: Lab): Promise<void> {
  const records = join(lab.root, '.modprove/runs')
  await mkdir(records, { recursive: true })
  const kept = join(lab.root, 'kept')
  const ended = await lab.run(['run', 'chatty', 'lost'], {
    wrapper: await onSmallDisk(records, 256 * 1024, kept),
  })
  refused(lab, ended, 'the record', records)
  const [name = ''] = (await readdir(kept)).filter(entry => /^\d/.test(entry))
  const view = viewOf(await readEvents(join(kept, name)))
  const results = view.columns.flatMap(({ jobs }) => jobs.flatMap(job => job.results))
  const whole = results.filter(({ status }) => status === 'pass').map(({ test }) => test)
  const lost = results.filter(({ status }) => status === 'miss' || status === 'error')
  lab.check('what was lost is lost', lost.length > 0, JSON.stringify(view.counts))
  const blamed = results.filter(({ status }) => status === 'fail')
  lab.check('no test is blamed', blamed.length === 0, JSON.stringify(blamed))
  lab.check('it is not said to have ended', view.end === undefined || view.end.exitCode === 3, '')
  lab.tell(`${whole.length} results were kept as passed, ${lost.length} are lost`)
}

async function fullTemporary(lab: Lab): Promise<void> {
  const folder = join(lab.root, 'tmp')
  await mkdir(folder)
  // A changed module, so that compilers need space, too.
  const ended = await lab.run(['run', 'lost', '--grep', 'before'], {
    env: { MODPROVE_CACHE: await privateCache(lab), TMPDIR: folder },
    wrapper: [...(await onSmallDisk(folder, 64 * 1024)), 'sh', '-c', fill, 'sh', folder],
  })
  refused(lab, ended, 'temporary files', folder)
}

/** Fills the disk to its last block, then runs the command. */
const fill = 'cat /dev/zero >"$1/filler" 2>/dev/null; shift; exec "$@"'

function refused(lab: Lab, ended: Ended, what: string, folder: string): void {
  lab.exits(ended, 3, `${what}: `)
  const line = ended.output.split('\n').find(text => text.includes('no space is left in')) ?? ''
  lab.check(`${what}: the folder is named`, line.includes(folder), ended.output)
  lab.check(`${what}: no internal error`, !ended.output.includes('internal error'), ended.output)
  lab.tell(`${what}: ${line.trim()}`)
}
