/** An entry of `requirements.json`, which is JSON because set-up reads it before there is a TypeScript loader: something of the host that modprove needs, and the Debian or Ubuntu package that brings it. */
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
