// @ts-check
// Plain JavaScript on Node alone: `modprove doctor` works before npm packages are installed.
import { execFile } from 'node:child_process'
import { constants, existsSync, readFileSync } from 'node:fs'
import { access, mkdir, statfs } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { cacheFolder } from '../platform/files/cache-folder.js'

/**
 * `fail` keeps modprove from working; `slow` does not.
 * @typedef {object} Check
 * @property {'good' | 'slow' | 'fail'} state
 * @property {string} what
 * @property {string} [remedy]
 * @typedef {import('../builder/requirements.js').Requirement} Requirement
 */

const GIB = 2 ** 30
/** One kernel: 1.5 GiB of source, its objects, and what is kept. */
const CACHE_BYTES = 4 * GIB
/** Sockets and small files. */
const TEMPORARY_BYTES = GIB / 64
const VERSION_MS = 5_000
const OLDEST_NODE = [20, 12]

/** @param {string} what @returns {Check} */
export const good = what => ({ state: 'good', what })

/** Sizes have one unit. @param {number} bytes */
export const size = bytes => `${(bytes / GIB).toFixed(bytes < GIB ? 2 : 1)} GiB`

/**
 * What set-up installs, and the disk. Nothing is built, downloaded or started but `gcc --version`.
 *
 * @param {string} root of the checkout
 * @returns {Promise<Check[]>}
 */
export async function hostChecks(root, env = process.env) {
  const requirements = /** @type {Requirement[]} */ (
    JSON.parse(readFileSync(join(root, 'harness/builder/requirements.json'), 'utf8'))
  )
  // A QEMU that is named, not looked up, is checked with the machines.
  const wanted = requirements.filter(
    ({ command, for: use }) =>
      use !== 'slurm' && (!env['MODPROVE_QEMU'] || !command?.startsWith('qemu-system')),
  )
  return [
    node(),
    packages(root),
    ...(await Promise.all(wanted.map(one => lookUp(one, env)))),
    await space(
      cacheFolder(env),
      CACHE_BYTES,
      'free some, or set MODPROVE_CACHE to a folder on another disk',
    ),
    await space(tmpdir(), TEMPORARY_BYTES, 'free some, or set TMPDIR to another folder'),
  ]
}

/** @returns {Check} */
function node() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const [oldest = 0, least = 0] = OLDEST_NODE
  const what = `node ${process.versions.node}`
  if (major > oldest || (major === oldest && minor >= least)) return good(what)
  return {
    state: 'fail',
    what: `${what}; ${OLDEST_NODE.join('.')} or newer is needed`,
    remedy: 'install it, for example from nodejs.org or nodesource.com',
  }
}

/** @param {string} root @returns {Check} */
function packages(root) {
  const { dependencies } = /** @type {{ dependencies: Record<string, string> }} */ (
    JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  )
  const names = Object.keys(dependencies)
  // Beside an installed modprove, above it, or below it; Debian's Node has folders of its own.
  const { resolve } = createRequire(join(root, 'package.json'))
  const folders = resolve.paths('x')?.filter(folder => folder.endsWith('/node_modules')) ?? []
  const isThere = (/** @type {string} */ name) =>
    folders.some(folder => existsSync(join(folder, name, 'package.json')))
  const missing = names.filter(name => !isThere(name))
  if (missing.length === 0) return good(`npm packages: ${names.length} there`)
  const which = missing.length === names.length ? 'none is there' : missing.join(', ')
  return { state: 'fail', what: `npm packages are missing: ${which}`, remedy: 'make setup' }
}

/** @param {Requirement} requirement @param {NodeJS.ProcessEnv} env @returns {Promise<Check>} */
async function lookUp({ command, file, package: name, why, for: use }, env) {
  const folders = [...(env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin'].filter(Boolean)
  const paths = file === undefined ? folders.map(folder => `${folder}/${command}`) : [file]
  const mode = file === undefined ? constants.X_OK : constants.R_OK
  const found = await Promise.all(paths.map(path => has(path, mode)))
  const path = paths[found.indexOf(true)]
  const what = command ?? file ?? ''
  const state = use === undefined ? 'fail' : 'slow'
  const remedy = `apt-get install ${name}`
  if (path === undefined) return { state, what: `${what} is missing (${why})`, remedy }
  // A compiler's version matters to a verdict; QEMU's is in the machine's checks.
  if (command !== 'gcc') return good(`${what}: there`)
  const version = await firstLine(path, ['--version'])
  if (version !== undefined) return good(`${what}: ${version}`)
  return {
    state: 'fail',
    what: `${path} --version does not work`,
    remedy: `${remedy} --reinstall`,
  }
}

/** @param {string} path @param {number} mode @returns {Promise<boolean>} */
const has = (path, mode) =>
  access(path, mode).then(
    () => true,
    () => false,
  )

/**
 * @param {string} file
 * @param {string[]} args
 * @returns {Promise<string | undefined>} undefined when the program fails or does not end
 */
const firstLine = (file, args) =>
  new Promise(resolve => {
    const options = { timeout: VERSION_MS, killSignal: /** @type {const} */ ('SIGKILL') }
    execFile(file, args, options, (error, stdout) => {
      const line = (stdout.split('\n')[0] ?? '').replaceAll(/[^ -~]/g, '?')
      resolve(error === null && line !== '' ? line : undefined)
    })
  })

/**
 * @param {string} folder
 * @param {number} needed
 * @param {string} remedy
 * @returns {Promise<Check>}
 */
async function space(folder, needed, remedy) {
  try {
    await mkdir(folder, { recursive: true })
    const { bavail, bsize } = await statfs(folder)
    const free = bavail * bsize
    const what = `${size(free)} free in ${folder}`
    if (free >= needed) return good(what)
    return { state: 'fail', what: `${what}; ${size(needed)} are needed`, remedy }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { state: 'fail', what: `${folder} cannot be used: ${why}`, remedy }
  }
}

/**
 * @param {Check} check
 * @param {{ readonly [State in Check['state']]: string }} marks
 * @returns {string}
 */
export const checkText = ({ state, what, remedy }, marks = { good: '✓', slow: '!', fail: '✗' }) =>
  `${marks[state]} ${what}\n${remedy === undefined ? '' : `    → ${remedy}\n`}`
