import { mkdtemp, readFile, readdir, readlink, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { parseStat } from '../process/stat.js'

export interface PrivateFolder extends AsyncDisposable {
  readonly path: string
}

/** sun_path of unix(7) holds 108 bytes with a final zero; this is left after a socket's name. */
const MAX_FOLDER_PATH_BYTES = 107 - '/123456789.socket'.length

/**
 * A new folder of mode 0700 for sockets and temporary files; its path is short enough for a unix
 * socket. Removed when disposed, or by the next harness if this one died first.
 */
export async function privateFolder(env: NodeJS.ProcessEnv = process.env): Promise<PrivateFolder> {
  const prefix = `modprove-${await owner('self')}-`
  const base = await temporaryBase(prefix, env)
  const path = await mkdtemp(join(base, prefix))
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
}

/** Removes this user's private folders whose owners are dead. Returns their paths. */
export async function sweepPrivateFolders(env: NodeJS.ProcessEnv = process.env): Promise<string[]> {
  const removed: string[] = []
  const bases = new Set([env['XDG_RUNTIME_DIR'], env['TMPDIR'] ?? tmpdir(), '/tmp'])
  for (const base of bases) {
    if (!base) continue
    for (const name of await readdir(base).catch(() => [])) {
      const path = join(base, name)
      if (!(await isStale(path, name))) continue
      await rm(path, { recursive: true, force: true })
      removed.push(path)
    }
  }
  return removed
}

async function temporaryBase(prefix: string, env: NodeJS.ProcessEnv): Promise<string> {
  const fits = (base: string) =>
    Buffer.byteLength(join(base, `${prefix}XXXXXX`)) <= MAX_FOLDER_PATH_BYTES
  const runtime = env['XDG_RUNTIME_DIR']
  // sudo may keep another user's XDG_RUNTIME_DIR.
  if (runtime && isAbsolute(runtime) && fits(runtime) && (await isMine(runtime))) return runtime
  const temporary = env['TMPDIR'] ?? tmpdir()
  return fits(temporary) ? temporary : '/tmp'
}

async function isMine(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found?.uid === process.getuid?.()
}

async function isStale(path: string, name: string): Promise<boolean> {
  const [, namespace, pid, startTicks] =
    /^modprove-([\da-z]+)-([\da-z]+)-([\da-z]+)-\w{6}$/.exec(name) ?? []
  if (!namespace || !pid || !startTicks || !(await isMine(path))) return false
  // Another container's processes are invisible here; it sweeps its own folders.
  if (namespace !== (await pidNamespace())) return false
  const now = await owner(String(parseInt(pid, RADIX)))
  return now !== `${namespace}-${pid}-${startTicks}`
}

/** Short numbers: a private folder may lie in another one, and a socket in that. */
const RADIX = 36

/** Identifies a process: pid namespace, pid and start time in clock ticks; pids are reused. */
async function owner(pid: string): Promise<string | undefined> {
  const stat = parseStat(await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => ''))
  if (stat === undefined) return undefined
  const numbers = [stat.pid, stat.startTicks].map(each => each.toString(RADIX))
  return [await pidNamespace(), ...numbers].join('-')
}

async function pidNamespace(): Promise<string> {
  return Number(/\d+/.exec(await readlink('/proc/self/ns/pid'))?.[0] ?? 0).toString(RADIX)
}
