import { configName } from './config-place.js'
import type { Project } from './project.js'

/** For a module whose firmware is not there. @param named of the configuration */
export const firmwareAdvice = (
  module: string,
  files: readonly string[],
  named: readonly string[],
  project: Pick<Project, 'configFile'>,
): string =>
  `${module} requests ${files.join(', ')}, which no guest has. Put it below a folder, and write in ${configName(project)}: "guest": { "firmware": ${JSON.stringify([...named, 'firmware'])} }`
