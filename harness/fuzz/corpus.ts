import { readdirSync, readFileSync } from 'node:fs'

/** A real input, by the name of its file. */
export interface Sample {
  readonly name: string
  readonly text: string
}

const KERNEL_LOGS = 'verdict/testdata'

/** What kernels said, of every kernel and flavour: `.kmsg` or `.console`. */
export function kernelLogs(ending: string): Sample[] {
  const place = new URL(`../${KERNEL_LOGS}/`, import.meta.url)
  return readdirSync(place, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
    .flatMap(name => samplesIn(`${KERNEL_LOGS}/${name}`, ending))
}

/** The recordings of a folder of the harness whose names end so. */
export function samplesIn(folder: string, ending: string): Sample[] {
  const place = new URL(`../${folder}/`, import.meta.url)
  return readdirSync(place)
    .filter(name => name.endsWith(ending))
    .sort()
    .map(name => ({ name, text: readFileSync(new URL(name, place), 'utf8') }))
}
