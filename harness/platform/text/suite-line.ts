import { join, relative } from 'node:path'
import type { SourceLine } from '../../contract/events.js'
import { cacheFolder } from '../files/cache-folder.js'
import { packageRoot } from '../files/package-root.js'

const OURS = [join(packageRoot, 'harness/'), join(cacheFolder(), 'js/')]

/** Whether a file is the harness's: no user's fault lies there. @param file absolute */
export const isHarness = (file: string): boolean => OURS.some(folder => file.startsWith(folder))

/** The first frame outside the harness and packages, relative to the project (the cwd). */
export function suiteLine(stack: string | undefined): SourceLine | undefined {
  for (const line of stack?.split('\n') ?? []) {
    const [, file, number] =
      /(?:\(|at )(?:file:\/\/)?([^()\s?]+)(?:\?[^:)]*)?:(\d+):\d+\)?$/.exec(line) ?? []
    if (file === undefined || number === undefined || !file.startsWith('/')) continue
    if (!file.includes('/node_modules/') && !isHarness(file))
      return { file: relative(process.cwd(), file), line: Number(number) }
  }
  return undefined
}
