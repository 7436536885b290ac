// @ts-check
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readlinkSync, renameSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { cacheFolder } from '../platform/files/cache-folder.js'

/**
 * A folder in the cache from which Node finds the packages that it finds from an installed one, of
 * which it has the package.json: compiled files run in it as if they were there.
 * @param {string} root of the package
 * @returns {string}
 * @throws an error of the file system
 */
export function shadowOf(root) {
  const from = join(root, '.')
  let shadow = join(
    cacheFolder(),
    'js',
    createHash('sha256').update(from).digest('hex').slice(0, 16),
  )
  for (const folder of [...above(from), from]) {
    const packages = join(folder, 'node_modules')
    if (!existsSync(packages)) continue
    shadow = join(shadow, 'in')
    mkdirSync(shadow, { recursive: true })
    link(packages, join(shadow, 'node_modules'))
  }
  link(join(from, 'package.json'), join(shadow, 'package.json'))
  return shadow
}

/** @param {string} folder @returns {string[]} those that it is in, outermost first */
const above = folder =>
  folder === dirname(folder) ? [] : [...above(dirname(folder)), dirname(folder)]

/** @param {string} target @param {string} path */
function link(target, path) {
  if (targetOf(path) === target) return
  const made = `${path}.${process.pid}`
  symlinkSync(target, made)
  renameSync(made, path)
}

/** @param {string} path */
function targetOf(path) {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}
