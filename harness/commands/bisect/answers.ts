import { appendFileSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { checkoutRoot } from '../../platform/paths.js'
import type { Certain } from './certain.js'

/** Rises when an answer would be found otherwise. */
const VERSION = 1

/** What bisects learned: a line an answer, the last of a key holds. */
export class Answers {
  readonly #file: string
  readonly #known = new Map<string, Certain>()

  /** @param file lines that cannot be read are left out */
  constructor(file = join(checkoutRoot, '.modprove/bisect/answers.jsonl')) {
    this.#file = file
    let text = ''
    try {
      text = readFileSync(file, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
    for (const line of text.split('\n')) {
      try {
        const { v, key, ...answer } = JSON.parse(line) as Certain & { v: number; key: string }
        if (v === VERSION) this.#known.set(key, answer)
      } catch {
        // Cut off, or the end of the file.
        continue
      }
    }
  }

  get(key: string): Certain | undefined {
    return this.#known.get(key)
  }

  /** What was lost says nothing the next time. */
  keep(key: string, answer: Certain): void {
    if (answer.tries.at(-1) === 'lost') return
    this.#known.set(key, answer)
    mkdirSync(dirname(this.#file), { recursive: true })
    appendFileSync(this.#file, `${JSON.stringify({ v: VERSION, key, ...answer })}\n`)
  }
}
