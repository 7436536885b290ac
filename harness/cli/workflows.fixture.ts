import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { packageRoot } from '../platform/files/package-root.js'

/** What of GitHub's workflow syntax our promises are about. */
interface Step {
  readonly id?: string
  readonly with?: Readonly<Record<string, unknown>>
  readonly uses?: string
  readonly run?: string
}
interface Job {
  readonly needs?: string | readonly string[]
  readonly steps: readonly Step[]
  readonly permissions?: unknown
  readonly 'timeout-minutes'?: number
}
export interface Workflow {
  readonly on: object
  readonly permissions: unknown
  readonly concurrency: unknown
  readonly jobs: Readonly<Record<string, Job>>
}

interface Action {
  readonly inputs: Readonly<Record<string, { description: string; default: string }>>
  readonly runs: Pick<Job, 'steps'>
}

/** The action, as our own workflows name it. */
export const OWN = './.github/actions/modprove'
export const ACTION = 'actions/modprove/action.yml'
const folder = `${packageRoot}/.github`
export const workflows = readdirSync(`${folder}/workflows`).map(name => `workflows/${name}`)
export const textOf = (file: string) => readFileSync(join(folder, file), 'utf8')
export const read = (file: string) => parse(textOf(file)) as Workflow
export const action = parse(textOf(ACTION)) as Action
const jobsOf = (file: string) => (file === ACTION ? [action.runs] : Object.values(read(file).jobs))
export const stepsOf = (file: string) => jobsOf(file).flatMap(({ steps }) => steps)
