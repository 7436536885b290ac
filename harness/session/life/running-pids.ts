import type { Guest } from '../../guest/index.js'

/** Ids of all processes and kernel threads; in a process's `task` folder, of its threads. */
export const runningPids = async (
  guest: Pick<Guest, 'listTree'>,
  of = '/proc',
): Promise<number[]> => pidsIn(await guest.listTree(of, [`${of}/*`]), of)

/** The ids among these paths. */
export const pidsIn = (paths: readonly string[], of: string): number[] =>
  paths.flatMap(path => {
    const name = path.slice(of.length + 1)
    return /^\d+$/.test(name) ? [Number(name)] : []
  })
