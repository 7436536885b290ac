import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { packageRoot } from '../platform/files/package-root.js'
import { entries } from './entries.js'

export type EntryName = keyof typeof entries

const here = fileURLToPath(import.meta.url)

/** The compiled harness's folder; undefined where it runs from its sources, as in unit tests. */
const compiledFolder = here.endsWith('.ts') ? undefined : dirname(here)

/** An entry's file, compiled or source as this process is: the other may be of another version. */
export const entryFile = (name: EntryName): string =>
  compiledFolder === undefined
    ? join(packageRoot, 'harness', entries[name])
    : join(compiledFolder, `${name}.mjs`)

/** Arguments of `node` for a process that starts at an entry. */
export const nodeArguments = (name: EntryName): string[] => [
  '--enable-source-maps',
  ...(compiledFolder === undefined ? ['--import', import.meta.resolve('tsx')] : []),
  entryFile(name),
]

/** Starts an entry in a thread; threads do not inherit the TypeScript loader. */
export function startThread(name: EntryName, workerData: unknown): Worker {
  if (compiledFolder !== undefined) return new Worker(entryFile(name), { workerData })
  const url = JSON.stringify(pathToFileURL(entryFile(name)).href)
  const script = `import('tsx/esm/api').then(({ register }) => (register(), import(${url})))`
  return new Worker(script, { eval: true, workerData })
}
