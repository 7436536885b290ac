import { join } from 'node:path'
import { EXIT } from '../platform/errors.js'
import { isWithin } from '../platform/files/is-within.js'
import { packageRoot } from '../platform/files/package-root.js'
import { makeProject } from './init/make-project.js'
import type { Invocation } from './invocation.js'

export interface InitOptions {
  /** False by `--no-workflow`. */
  workflow?: boolean
}

export async function execute({ options, terminal }: Invocation<InitOptions>): Promise<number> {
  for await (const [done, file] of makeProject(process.cwd(), options))
    terminal.write(`${done.padEnd(7)} ${file}\n`)
  // Of a package of the project, npx finds the command.
  const isOwn = isWithin(packageRoot, [join(process.cwd(), 'node_modules')])
  terminal.write(`Next: ${isOwn ? 'npx ' : ''}modprove run\n`)
  return EXIT.passed
}
