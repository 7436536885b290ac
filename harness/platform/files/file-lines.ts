import { createReadStream } from 'node:fs'

/** The lines of a file. node:readline would also split at U+2028, which JSON does not escape. */
export async function* linesOfFile(file: string): AsyncGenerator<string> {
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
