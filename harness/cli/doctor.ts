import { constants } from 'node:fs'
import { access, mkdir, statfs } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'
import { execFile } from 'node:child_process'
import pc from '../colours.js'
import { requirements, type Requirement } from '../build/index.js'
import { EXIT, ModproveError } from '../errors.js'
import { freeMemory } from '../free-memory.js'
import { cacheFolder, privateFolder } from '../paths.js'
import { chooseAccelerator } from '../vm/index.js'
import type { Invocation } from './command.js'

/** `fail` keeps modprove from working; `slow` does not. */
interface Check {
  readonly state: 'good' | 'slow' | 'fail'
  readonly what: string
  readonly remedy?: string
}

const GIB = 2 ** 30
/** One kernel: 1.5 GB of source, its objects, and what is kept. */
const DISK_GIB = 4
/** Two debug machines and a compiler. */
const MEMORY_GIB = 2
/** Sockets and small files. */
const TEMPORARY_MIB = 16

const good = (what: string): Check => ({ state: 'good', what })

async function readable(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  )
}

async function lookUp(requirement: Requirement): Promise<Check> {
  const { command, file, package: name, why } = requirement
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin']
  const found =
    file === undefined
      ? await Promise.all(
          folders.map(folder => readable(`${folder}/${command ?? ''}`, constants.X_OK)),
        )
      : [await readable(file, constants.R_OK)]
  if (found.includes(true)) return good(`${command ?? file ?? ''}: ${await version(command)}`)
  return {
    state: requirement.for === undefined ? 'fail' : 'slow',
    what: `${command ?? file ?? ''} is missing (${why})`,
    remedy: `apt-get install ${name}`,
  }
}

/** The first line of `--version`, for those whose version matters to a verdict. */
async function version(command: string | undefined): Promise<string> {
  if (command !== 'gcc' && command !== 'qemu-system-x86_64') return 'there'
  const { stdout } = await promisify(execFile)(command, ['--version'])
  return stdout.split('\n')[0] ?? ''
}

async function space(
  folder: string,
  needed: number,
  unit: string,
  bytes: number,
  remedy: string,
): Promise<Check> {
  const { bavail, bsize } = await statfs(folder)
  const free = (bavail * bsize) / bytes
  const what = `${free.toFixed(0)} ${unit} free in ${folder}`
  return free >= needed
    ? good(what)
    : { state: 'fail', what: `${what}; ${needed} ${unit} are needed`, remedy }
}

async function memory(): Promise<Check> {
  const { bytes, limit } = await freeMemory()
  const free = bytes / GIB
  const under = limit === undefined ? '' : ` (within the limit of ${limit.group})`
  const what = `${availableParallelism()} cores, ${free.toFixed(1)} GiB of memory free${under}`
  if (free >= MEMORY_GIB) return good(what)
  return { state: 'slow', what: `${what}; ${MEMORY_GIB} GiB are wanted`, remedy: 'use --jobs 1' }
}

async function kvm(signal: AbortSignal): Promise<Check> {
  try {
    await chooseAccelerator('kvm', { signal })
    return good('KVM runs guests')
  } catch (error) {
    if (!(error instanceof ModproveError) || error.code !== 'KVM_UNUSABLE') throw error
    return {
      state: 'slow',
      what: `${error.message}; emulation serves`,
      remedy: 'nothing needs to be done; a host with hardware virtualization is faster',
    }
  }
}

export async function execute({ terminal, signal }: Invocation<object>): Promise<number> {
  const cache = cacheFolder()
  await mkdir(cache, { recursive: true })
  await using temporary = await privateFolder()
  const checks = [
    good(`node ${process.versions.node}`),
    ...(await Promise.all((await requirements()).map(lookUp))),
    await space(
      cache,
      DISK_GIB,
      'GiB',
      GIB,
      'free some, or set MODPROVE_CACHE to a folder on another disk',
    ),
    await space(
      temporary.path,
      TEMPORARY_MIB,
      'MiB',
      2 ** 20,
      'free some, or set TMPDIR to another folder',
    ),
    await memory(),
  ]
  const qemu = checks.every(({ state, what }) => state !== 'fail' || !what.startsWith('qemu'))
  if (qemu) checks.push(await kvm(signal))
  const marks = { good: pc.green('✓'), slow: pc.yellow('!'), fail: pc.red('✗') }
  for (const { state, what, remedy } of checks) {
    terminal.print(
      process.stdout,
      `${marks[state]} ${what}\n${remedy === undefined ? '' : `    → ${remedy}\n`}`,
    )
  }
  return checks.some(({ state }) => state === 'fail') ? EXIT.harness : EXIT.passed
}
