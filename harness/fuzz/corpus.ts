import { readdirSync, readFileSync } from 'node:fs'

/** A real input, by the name of its file. */
export interface Sample {
  readonly name: string
  readonly text: string
}

/** The recordings of a folder of the harness whose names end so. */
export function samplesIn(folder: string, ending: string): Sample[] {
  const place = new URL(`../${folder}/`, import.meta.url)
  return readdirSync(place)
    .filter(name => name.endsWith(ending))
    .sort()
    .map(name => ({ name, text: readFileSync(new URL(name, place), 'utf8') }))
}
