import { kernelName } from '../contract/kernel-name.js'
import type { Guest } from './guest.js'

/** Columns of a line of /proc/modules: name, size, references, users, state, address. */
export type ProcModule = readonly string[]

/** The lines of /proc/modules, the newest module first. */
export async function readProcModules(guest: Pick<Guest, 'readFile'>): Promise<ProcModule[]> {
  const text = await guest.readFile('/proc/modules')
  return [...text.matchAll(/^.+$/gm)].map(([line]) => line.split(' '))
}

/** A module's line; undefined if it is not loaded. @param name also with dashes */
export async function readProcModule(
  guest: Pick<Guest, 'readFile'>,
  name: string,
): Promise<ProcModule | undefined> {
  const lines = await readProcModules(guest)
  return lines.find(([module]) => module === kernelName(name))
}

/** The modules that use a module; `[permanent]` is one that has no exit function. */
export const usersOf = ([, , , users = '-']: ProcModule): string[] =>
  users.split(',').filter(user => user !== '' && user !== '-')

/** How many references to a module no other module holds: open files, mounts, its own. */
export const ownReferences = (line: ProcModule): number =>
  Number(line[2]) - usersOf(line).filter(user => user !== PERMANENT).length

export const PERMANENT = '[permanent]'
