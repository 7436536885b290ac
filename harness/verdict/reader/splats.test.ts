import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { parseRecord } from './parse-record.js'
import { FindingReader, recordsOfConsole, Symbolizer, type Finding } from '../index.js'

/** Expectation for one finding; testdata/README.md says how it was recorded. */
interface Expected {
  readonly kind: string
  readonly title: string
  readonly function: string | null
  readonly frames: number
  readonly location: string | null
  readonly related?: readonly string[]
  readonly access?: string
  readonly follows?: number
  readonly cut?: string
}

const testdata = new URL('testdata/', import.meta.url)

interface Recordings {
  readonly kernel: string
  readonly folder: string
}

const ofChaos = (kernel: string): Recordings => ({ kernel, folder: 'harness/chaos/module' })

/** Recordings of one kernel each, with their modules' folder. */
const kernels: readonly Recordings[] = [
  { kernel: 'debug-6.1', folder: 'module' },
  { kernel: 'plain-6.1', folder: 'module' },
  { kernel: 'race-6.1', folder: 'module' },
  ofChaos('debug-6.1-lists'),
  ofChaos('plain-7.3'),
  ofChaos('plain-5.10'),
  ofChaos('plain-6.12'),
  ofChaos('debug-5.10'),
  ofChaos('debug-6.12'),
  ofChaos('debug-7.3'),
]

for (const { kernel, folder: of } of kernels)
  void t.test(`splats of ${kernel} are found with kind, title, frames and line`, async t => {
    const recordings = new URL(`${kernel}/`, testdata)
    const folder = await mkdtemp(join(tmpdir(), 'splats-'))
    t.teardown(() => rm(folder, { recursive: true }))
    const sources = ['faulty.c', 'kinds.c', 'edges.c', 'exporter.c'].map(file => `${of}/${file}`)
    const objects = (await readdir(recordings)).filter(file => file.endsWith('.ko.gz'))
    const modules = await Promise.all(
      objects.map(async object => {
        const debugKo = join(folder, basename(object, '.gz'))
        await writeFile(debugKo, gunzipSync(await readFile(new URL(object, recordings))))
        return { name: basename(object, '.ko.gz'), sources, debugKo }
      }),
    )
    const expected = JSON.parse(
      await readFile(new URL('expected.json', recordings), 'utf8'),
    ) as Readonly<Record<string, readonly Expected[]>>
    const files = (await readdir(recordings)).filter(file => /\.(?:kmsg|console)$/.test(file))
    t.strictSame(Object.keys(expected).sort(), files.sort(), 'every recording has its expectation')

    const readings = await Promise.all(
      files.map(async file => {
        const text = await readFile(new URL(file, recordings), 'utf8')
        return findingsOf(file, text, new FindingReader(modules))
      }),
    )
    const symbolized = await new Symbolizer(modules).symbolize(readings.flat())
    for (const [index, file] of files.entries()) {
      const from = readings.slice(0, index).flat().length
      const found = symbolized.slice(from, from + (readings[index]?.length ?? 0))
      t.strictSame(found.map(brief), expected[file], file)
    }
  })

function findingsOf(file: string, text: string, reader: FindingReader): Finding[] {
  const records = file.endsWith('.kmsg')
    ? text.split('\n').flatMap(line => parseRecord(line) ?? [])
    : recordsOfConsole(text)
  const found = [...records.flatMap(record => reader.push(record)), ...reader.end()]
  return found.sort((a, b) => a.firstSequence - b.firstSequence)
}

function brief(finding: Finding, _: number, all: readonly Finding[]): Expected {
  const { kind, title, frames, location, related, access, follows, cut } = finding
  return {
    kind,
    title,
    function: finding.function ?? null,
    frames: frames.filter(frame => !frame.inline).length,
    location: location === undefined ? null : `${location.file}:${location.line}`,
    ...(related.length === 0 ? {} : { related: related.map(stack => stack.role) }),
    ...(access === undefined ? {} : { access: `${access.type} ${access.size ?? ''}`.trim() }),
    ...(follows === undefined
      ? {}
      : { follows: all.findIndex(({ firstSequence }) => firstSequence === follows) }),
    ...(cut === undefined ? {} : { cut }),
  }
}
