/** A host requirement. Set-up reads `requirements.json` before TypeScript can run. */
export interface Requirement {
  /** A program in PATH or /usr/sbin; or `file`. */
  readonly command?: string
  /** An absolute path. */
  readonly file?: string
  readonly package: string
  /** Its purpose. */
  readonly why: string
  /** Set if only modprove's own tests need it; they are skipped without it. Saves users 300 MB. */
  readonly for?: 'tests' | 'slurm'
}
