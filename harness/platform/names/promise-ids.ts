/** `C4`, `S11`: the promises that a test's name claims to test. */
const PROMISES = /^(?:[A-Z]\d+(?:, | and |\/| )?)+/

/** The promises at the start of a test's name: `C13, C65 …` → two. */
export function promisesOf(test: string): string[] {
  return PROMISES.exec(test)?.[0].match(/[A-Z]\d+/g) ?? []
}

/** `C4` before `C13` before `S1`. */
export function comparePromises(a: string, b: string): number {
  return a[0] === b[0] ? Number(a.slice(1)) - Number(b.slice(1)) : a < b ? -1 : 1
}
