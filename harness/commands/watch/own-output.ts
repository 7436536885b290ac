import { readdirSync, readlinkSync } from 'node:fs'

/** What a process has open, by descriptor: `/src/watch.log`, `pipe:[4711]`; empty if unknown. */
function openFiles(pid: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  try {
    for (const fd of readdirSync(`/proc/${pid}/fd`))
      files.set(fd, readlinkSync(`/proc/${pid}/fd/${fd}`))
  } catch {
    // It has ended, or closed one, or is another user's.
  }
  return files
}

/** Where this process's output goes, through pipes, too: `> watch.log`, `| tee watch.txt`. */
export function ownOutput(): ReadonlySet<string> {
  const own = openFiles('self')
  const found = new Set(['1', '2'].flatMap(fd => own.get(fd) ?? []))
  const others = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(openFiles)
  // What is added meanwhile is visited, too.
  for (const link of found) {
    if (!link.startsWith('pipe:')) continue
    for (const files of others)
      if (files.get('0') === link) for (const file of files.values()) found.add(file)
  }
  return found
}
