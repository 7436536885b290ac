import { kernelName } from '../../contract/kernel-name.js'
import type { Guest } from '../../guest/index.js'

/** Columns of one line of /proc/modules: name, size, references, users, state, address. */
type Columns = readonly string[]

/** The lines of /proc/modules, the newest module first. */
export async function readProcModules(guest: Pick<Guest, 'readFile'>): Promise<Columns[]> {
  const text = await guest.readFile('/proc/modules')
  return [...text.matchAll(/^.+$/gm)].map(([line]) => line.split(' '))
}

/** A module's line; undefined if it is not loaded. @param name also with dashes */
export async function readProcModule(
  guest: Pick<Guest, 'readFile'>,
  name: string,
): Promise<Columns | undefined> {
  const lines = await readProcModules(guest)
  return lines.find(([module]) => module === kernelName(name))
}
