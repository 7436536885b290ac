import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ended } from './findings.js'
import type { Lab } from './lab.js'
import type { MirrorAnswer, LocalMirror } from './local-mirror.js'

/** The answer to the nth request for a file, given the right one. */
export type Answering = (whole: MirrorAnswer, nth: number) => MirrorAnswer | undefined

/** How often a failing file is asked for, and what is said of it. */
export type Said = readonly [times: number, words: RegExp]

export const right: Answering = whole => whole
export const cutShort: Answering = whole => ({ ...whole, cut: true })
const cutOnce: Answering = (whole, nth) => (nth === 1 ? cutShort(whole, nth) : whole)
/** The same length, so that only the hash differs. */
const spoilt: Answering = ({ data }) => {
  const other = Buffer.from(data)
  other.fill(0x5a, 0, 64)
  return { data: other }
}

/** Port 9 (discard) on this host, where nothing listens. */
const NOBODY = 'http://127.0.0.1:9'

const WAYS = {
  refused: [right, NOBODY],
  'not there': [() => undefined],
  'cut half-way each time': [cutShort],
  'of another content': [spoilt],
} as const satisfies Readonly<Record<string, readonly [Answering, address?: string]>>

/** A download that can be made to fail. */
export interface Download {
  readonly mirror: LocalMirror
  readonly cache: string
  readonly isIt: (path: string) => boolean
  readonly whole: Buffer
  /** Runs a `modprove` that needs it. @param address default: the mirror's */
  readonly fetch: (answer: Answering, address?: string) => Promise<Ended>
}

/** Makes a download fail in each way, and then at the first try alone. */
export async function failEachWay(
  lab: Lab,
  download: Download,
  said: Readonly<Record<keyof typeof WAYS, Said>>,
): Promise<void> {
  for (const way of Object.keys(WAYS) as (keyof typeof WAYS)[]) {
    const ended = await download.fetch(...(WAYS[way] as readonly [Answering, string?]))
    await expectFailure(lab, download, ended, way, said[way])
  }
  const { mirror, cache, isIt, whole, fetch } = download
  const ended = await fetch(cutOnce)
  lab.check('cut once: asked for twice', mirror.asked.filter(isIt).length === 2)
  const [name = ''] = await readdir(join(cache, 'sources')).catch(() => [])
  const kept = await readFile(join(cache, 'sources', name)).catch(() => undefined)
  lab.check('cut once: it is fetched', kept?.equals(whole) === true, ended.output)
  if (kept !== undefined) lab.tell('cut once: fetched whole at the second try')
}

/** Checks that a failure is named, and nothing left that could be mistaken for a source. */
export async function expectFailure(
  lab: Lab,
  { mirror, cache, isIt }: Pick<Download, 'mirror' | 'cache' | 'isIt'>,
  ended: Ended,
  what: string,
  [times, words]: Said,
): Promise<void> {
  lab.exits(ended, 3, `${what}: `)
  lab.match(`${what}: it is named`, ended.output, words)
  lab.match(`${what}: with what to do`, ended.output, /MODPROVE_|Check the network/)
  const line = ended.output.split('\n').find(text => /could not|is not|no more/.test(text)) ?? ''
  lab.tell(`${what}: ${line.trim()}`)
  const seen = mirror.asked.filter(isIt).length
  lab.check(`${what}: asked for ${times} times`, seen === times, mirror.asked.join(' '))
  const names = await readdir(cache, { recursive: true })
  const kept = names.filter(name =>
    /\.(?:deb|xz|partial)$|\/partial\/.|^(?:sources|unpacked|kernels)\/./i.test(name),
  )
  lab.check(`${what}: nothing is kept`, kept.length === 0, kept.join(', '))
}
