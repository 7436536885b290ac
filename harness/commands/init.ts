import { EXIT } from '../platform/errors.js'
import { makeProject } from './init/make-project.js'
import type { Invocation } from './invocation.js'

export interface InitOptions {
  /** False by `--no-workflow`. */
  workflow?: boolean
}

export async function execute({ options, terminal }: Invocation<InitOptions>): Promise<number> {
  for await (const [done, file] of makeProject(process.cwd(), options))
    terminal.write(`${done.padEnd(7)} ${file}\n`)
  terminal.write('Next: modprove run\n')
  return EXIT.passed
}
