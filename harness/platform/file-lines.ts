import { createReadStream } from 'node:fs'

/** The lines of a file. Not by node:readline: for it U+2028, which JSON leaves as it is, ends a line too. */
export async function* linesOf(file: string): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of createReadStream(file, 'utf8')) {
    const [first = '', ...more] = (chunk as string).split('\n')
    rest += first
    for (const next of more) {
      yield rest
      rest = next
    }
  }
  yield rest
}
