import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Lab } from './lab.js'

/** Adds so many short suites to a lab's project; every fifth fails. @returns their names */
export async function manySuites(lab: Lab, count: number): Promise<string[]> {
  const names = Array.from({ length: count }, (_, number) => `many-${number}`)
  for (const [number, name] of names.entries())
    await writeFile(join(lab.root, 'suites', `${name}.suite.ts`), suiteOf(number))
  return names
}

const suiteOf = (number: number): string => `import { suite } from 'modprove'

const test = suite('one of many')

test('a file is read', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})

test('a number is no multiple of five', t => {
  t.not(${number} % 5, 0)
})
`
