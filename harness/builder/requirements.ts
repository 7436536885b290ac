import { readFile } from 'node:fs/promises'
import { checkoutRoot } from '../platform/paths.js'

/** Something of the host that modprove needs, and the Debian or Ubuntu package that brings it. */
export interface Requirement {
  /** A program of PATH, /usr/sbin included; or `file`. */
  readonly command?: string
  /** An absolute path. */
  readonly file?: string
  readonly package: string
  /** What for. */
  readonly why: string
  /** Set for what modprove does without, but for tests of its own, which are skipped then: 300 MB for nobody else. */
  readonly for?: 'tests'
}

/** `requirements.json`: JSON, because set-up reads it before there is a TypeScript loader. */
export async function requirements(): Promise<readonly Requirement[]> {
  const text = await readFile(`${checkoutRoot}/harness/builder/requirements.json`, 'utf8')
  return JSON.parse(text) as Requirement[]
}
