import { existsSync, readdirSync, statSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { usageError } from '../platform/errors.js'
import { testMatcher } from '../platform/names/test-matcher.js'
import { readReplay } from './replay.js'

const FILE = 'replay.json'
/** `jobs/6.1.192-plain/ring/failures/1-breaks` */
const LEVELS_IN_RECORD = 5

/**
 * The folder of a failed test that a word is the path of, from where the user is.
 * @returns absolute; undefined where it may be another word
 * @throws ModproveError `NO_REPLAY` for an absolute path that is none
 */
export function replayAt(word: string): string | undefined {
  const path = resolve(word)
  if (isReplay(path)) return path
  return isAbsolute(word) ? none(`${path} is no failure's: it holds no ${FILE}`) : undefined
}

/**
 * Finds the folder of a failed test.
 *
 * @param word a path that begins at the folder of all records, as reports print it, or at the
 *   project's root; or `SUITE`, `SUITE:C7` (a promise) or `SUITE:REGEXP` for the newest such
 *   failure; undefined for the newest of all
 * @param folder of the records
 * @returns absolute
 * @throws ModproveError `NO_REPLAY`, `BAD_GREP`
 */
export function findReplay(word: string | undefined, folder: string): string {
  if (word === undefined) return newest(folder, () => true) ?? none('No run has a failure', folder)
  const root = resolve(folder, '../..')
  const path = [join(folder, word), join(root, word)].find(isReplay)
  if (path !== undefined) return path
  const [, suite = '', wanted = ''] = /^([^:/]+)(?::\s*(.+))?$/s.exec(word) ?? []
  if (suite === '') return none(`${word} is no failure's: it holds no ${FILE}`, folder)
  const isWanted = testMatcher(wanted)
  const found = newest(folder, path => {
    const replay = readable(path)
    return replay?.suite === suite && isWanted(replay.test)
  })
  return found ?? none(`No run has a failure of ${word}`, folder)
}

const isReplay = (folder: string): boolean => existsSync(join(folder, FILE))

/** The record that contains a failure's folder. */
export const recordOfReplay = (folder: string): string =>
  resolve(folder, ...Array<string>(LEVELS_IN_RECORD).fill('..'))

function none(what: string, folder?: string): never {
  const where = folder === undefined ? '' : `; records are in ${folder}`
  throw usageError('NO_REPLAY', what, {
    remedy: `Name a folder "failures/…" of a record, SUITE:C7 or SUITE:REGEXP${where}`,
  })
}

/** Skips damaged records, and those of another version. */
function readable(folder: string): ReturnType<typeof readReplay> | undefined {
  try {
    return readReplay(folder)
  } catch {
    return undefined
  }
}

/** The last failure recorded in the newest run that has one; run names begin with their time. */
function newest(records: string, isWanted: (folder: string) => boolean): string | undefined {
  const runs = existsSync(records) ? readdirSync(records).filter(name => /^\d/.test(name)) : []
  for (const run of runs.sort().reverse()) {
    const jobs = join(records, run, 'jobs')
    if (!existsSync(jobs)) continue
    const folders = readdirSync(jobs, { recursive: true, withFileTypes: true })
      .filter(entry => entry.name === FILE)
      .map(({ parentPath }) => parentPath)
      .filter(isWanted)
      .map(path => ({ path, at: statSync(join(path, FILE)).mtimeMs }))
      .sort((a, b) => b.at - a.at)
    if (folders[0] !== undefined) return folders[0].path
  }
  return undefined
}
