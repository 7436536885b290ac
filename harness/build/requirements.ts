import { readFile } from 'node:fs/promises'

/** Something of the host that modprove needs, and the Debian or Ubuntu package that brings it. */
export interface Requirement {
  /** A program of PATH, /usr/sbin included; or `file`. */
  readonly command?: string
  /** An absolute path. */
  readonly file?: string
  readonly package: string
  /** What for. */
  readonly why: string
}

/** `requirements.json`: JSON, because set-up reads it before there is a TypeScript loader. */
export async function requirements(): Promise<readonly Requirement[]> {
  const text = await readFile(new URL('requirements.json', import.meta.url), 'utf8')
  return JSON.parse(text) as Requirement[]
}
