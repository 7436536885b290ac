import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Project } from './project.js'

/** The file that a line of the configuration is to be written in, for "write in …". */
export const configName = ({ configFile }: Pick<Project, 'configFile'>): string =>
  existsSync(configFile) ? basename(configFile) : 'modprove.config.ts, which "modprove init" makes'

/**
 * Where the configuration says something: `modprove.config.ts:5: kconfig[0]`.
 * @param field its path in the configuration
 * @param word text of it as it was written, which finds the line
 */
export async function configPlace(
  { configFile }: Pick<Project, 'configFile'>,
  field: string,
  word: string,
): Promise<string> {
  const text = await readFile(configFile, 'utf8').catch(() => '')
  const at = text.split('\n').findIndex(line => line.includes(word))
  return `${basename(configFile)}${at < 0 ? '' : `:${at + 1}`}: ${field}`
}
