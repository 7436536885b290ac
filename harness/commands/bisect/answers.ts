import { appendFileSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { certain, type Certain } from './certain.js'

/** Increment when answers are determined differently. */
const VERSION = 1

const keptAnswer = certain.extend({ v: z.literal(VERSION), key: z.string() })

/** Answers of earlier bisects, one per line; the last of a key counts. */
export class KeptAnswers {
  readonly #file: string
  readonly #known = new Map<string, Certain>()

  /** @param file unreadable lines are skipped */
  constructor(file: string) {
    this.#file = file
    let text = ''
    try {
      text = readFileSync(file, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
    for (const line of text.split('\n')) {
      try {
        const kept = keptAnswer.safeParse(JSON.parse(line))
        if (kept.success) this.#known.set(kept.data.key, certain.parse(kept.data))
      } catch {
        // An incomplete line, or the end of the file.
        continue
      }
    }
  }

  get(key: string): Certain | undefined {
    return this.#known.get(key)
  }

  /** An answer lost to an infrastructure failure is not saved. */
  keep(key: string, answer: Certain): void {
    if (answer.tries.at(-1) === 'lost') return
    this.#known.set(key, answer)
    mkdirSync(dirname(this.#file), { recursive: true })
    appendFileSync(this.#file, `${JSON.stringify({ v: VERSION, key, ...answer })}\n`)
  }
}
