import { readFileSync } from 'node:fs'
import { TapReader, type TapPoint } from './index.js'
import type { TapResults } from './line-reader.js'

export interface Read extends TapResults {
  readonly points: readonly TapPoint[]
  /** Each as `outcome path > name (reason)`. */
  readonly reported: readonly string[]
}

/** Reads a stream whole, in chunks of some size. */
export function read(stream: string | Buffer, chunkBytes = Infinity): Read {
  const points: TapPoint[] = []
  const reader = new TapReader(point => points.push(point))
  const bytes = Buffer.from(stream)
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    reader.push(bytes.subarray(at, Math.min(at + chunkBytes, bytes.length)))
    if (chunkBytes === Infinity) break
  }
  const reported = (): string[] =>
    points.map(({ outcome, path, name, reason }) =>
      [outcome, [...path, name].join(' > '), reason && `(${reason})`].filter(Boolean).join(' '),
    )
  return { ...reader.end(), points, reported: reported() }
}

/** A stream of `testdata/`. */
export const recorded = (name: string): Buffer =>
  readFileSync(new URL(`testdata/${name}.tap`, import.meta.url))
