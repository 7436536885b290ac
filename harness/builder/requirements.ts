/** Something that modprove needs of the host. `requirements.json` lists them: set-up reads it before TypeScript can run. */
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
