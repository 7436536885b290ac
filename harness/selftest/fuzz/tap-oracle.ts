import { Parser, type Result } from 'tap-parser'
import { TapReader, type TapPoint } from '../../tap/index.js'

/** A test point, as both parsers report it. */
interface Point {
  readonly ok: boolean
  readonly number: number
  readonly name: string
  readonly skip: boolean
  readonly todo: boolean
}

export interface Opinion {
  readonly ok: boolean
  readonly count: number
  readonly points: readonly Point[]
}

/** Result of node-tap's parser, with the stream's own points. */
export function tapParserOpinion(stream: string): Opinion {
  const parser = new Parser()
  const points: Point[] = []
  parser.on('assert', ({ ok, id, name, skip, todo }: Result) => {
    points.push({ ok, number: id, name, skip: skip !== false, todo: todo !== false })
  })
  let opinion: Opinion = { ok: false, count: 0, points }
  parser.on('complete', (results: { ok: boolean; count: number; bailout: boolean | string }) => {
    opinion = { ok: results.ok && results.bailout === false, count: results.count, points }
  })
  parser.end(stream)
  return opinion
}

/** Result of our parser, with everything it reports. @param chunkBytes size of input chunks */
export function ownOpinion(
  stream: string | Buffer,
  chunkBytes = Infinity,
): Opinion & { readonly problems: readonly string[] } {
  const told: TapPoint[] = []
  const reader = new TapReader(point => told.push(point))
  const bytes = Buffer.from(stream)
  for (let at = 0; at < bytes.length; at += chunkBytes)
    reader.push(bytes.subarray(at, at + chunkBytes))
  const { ok, count, problems } = reader.end()
  const points = told.map(({ ok, number, name, outcome }) => ({
    ok,
    number: number ?? 0,
    name,
    skip: outcome === 'skip',
    todo: outcome === 'todo',
  }))
  return { ok, count, points, problems }
}
