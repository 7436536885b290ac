import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { memberLines } from '../platform/text/member-lines.js'
import type { Project } from './project.js'

/** The file that a line of the configuration is to be written in, for "write in …". */
export const configName = ({ configFile }: Pick<Project, 'configFile'>): string =>
  existsSync(configFile) ? basename(configFile) : 'modprove.config.ts, which "modprove init" makes'

/**
 * Where the configuration says something: `modprove.config.ts:5: kconfig[0]`.
 * @param field its path in the configuration
 * @param word text of it as it was written, which finds the line where the path does not
 */
export async function configPlace(
  { configFile }: Pick<Project, 'configFile'>,
  field: string,
  word: string,
): Promise<string> {
  const text = await readFile(configFile, 'utf8').catch(() => '')
  const written = memberLines(text).get(field.replaceAll(/\[(\d+)\]/g, '.$1'))
  const line = written ?? text.split('\n').findIndex(each => each.includes(word)) + 1
  return `${basename(configFile)}${line === 0 ? '' : `:${line}`}: ${field}`
}
