// @ts-check
// Plain JavaScript: `modprove doctor` needs it before there is a TypeScript loader.
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import process from 'node:process'

/**
 * The folder of builds, downloads and templates: `MODPROVE_CACHE`, else below `XDG_CACHE_HOME`
 * (ignored when relative, as the XDG base directory specification asks), else `~/.cache/modprove`.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {string}
 */
export function cacheFolder(env = process.env) {
  if (env['MODPROVE_CACHE']) return resolve(env['MODPROVE_CACHE'])
  const xdg = env['XDG_CACHE_HOME']
  return join(xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.cache'), 'modprove')
}
