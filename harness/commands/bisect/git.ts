import { basename } from 'node:path'
import { usageError } from '../../platform/errors.js'
import { script } from '../../platform/process/script.js'

/** A commit that changes the folder. */
export interface Commit {
  readonly hash: string
  readonly author: string
  /** `2026-11-22` */
  readonly date: string
  readonly subject: string
}

/** The history of one folder in a git work tree. */
export class FolderHistory {
  readonly #folder: string
  readonly #signal: AbortSignal

  /** @param folder in a work tree; it may be that tree's root */
  constructor(folder: string, signal: AbortSignal) {
    this.#folder = folder
    this.#signal = signal
  }

  /**
   * Returns the good commit, and each first-parent commit up to the bad one that changes the
   * folder, oldest first.
   * @throws ModproveError `UNKNOWN_COMMIT`, `BAD_RANGE` if the good one is no ancestor, or nothing
   * changed
   */
  async between(good: string, bad: string): Promise<Commit[]> {
    const from = await this.#commit(good)
    const to = await this.#commit(bad)
    const { exitCode } = await this.#git(['merge-base', '--is-ancestor', from, to])
    if (exitCode !== 0) {
      throw usageError('BAD_RANGE', `${good} is no ancestor of ${bad}`, {
        remedy: '--good names the older commit, from which --bad descends',
      })
    }
    const format = '--format=%H%x00%an%x00%as%x00%s'
    const log = async (...which: string[]): Promise<Commit[]> => {
      const { stdout } = await this.#git(['log', format, ...which])
      return stdout.split('\n').filter(Boolean).map(parseCommit)
    }
    const changes = ['--first-parent', '--reverse', `${from}..${to}`, '--', '.']
    const commits = [...(await log('--max-count=1', from)), ...(await log(...changes))]
    if (commits.length > 1) return commits
    throw usageError(
      'BAD_RANGE',
      `No commit from ${good} to ${bad} changes ${basename(this.#folder)}/`,
      {
        remedy: 'Leave --module out to search the kernels’ releases instead',
      },
    )
  }

  /** Returns the git hash of the folder in a commit; undefined if it does not exist there. */
  async content(commit: string): Promise<string | undefined> {
    const { exitCode, stdout } = await this.#git([
      'rev-parse',
      '--verify',
      await this.#tree(commit),
    ])
    return exitCode === 0 ? stdout.trim() : undefined
  }

  /**
   * Writes the folder's content in a commit to an empty folder.
   * @throws ModproveError `NO_SUCH_FOLDER`
   */
  async extract(commit: string, into: string): Promise<void> {
    if ((await this.content(commit)) === undefined) {
      throw usageError('NO_SUCH_FOLDER', `There is no ${basename(this.#folder)}/ in ${commit}`)
    }
    const tree = await this.#tree(commit)
    // git archive must run in a folder that exists in the tree.
    const { stdout } = await this.#git(['rev-parse', '--show-toplevel'])
    await script({
      cwd: stdout.trim(),
      signal: this.#signal,
    })`git archive --format=tar ${tree} | tar -x -C ${into}`
  }

  /** Returns the files that a commit changes, as in `git show --stat`. */
  async changes(commit: string): Promise<string[]> {
    const { stdout } = await this.#git([
      'show',
      '--first-parent',
      '--stat=100',
      '--format=',
      commit,
    ])
    return stdout.split('\n').filter(Boolean)
  }

  async #tree(commit: string): Promise<string> {
    const { stdout } = await this.#git(['rev-parse', '--show-prefix'])
    // The root of a work tree has no name in its own commits.
    return `${commit}:${stdout.trim().replace(/\/$/, '')}`
  }

  async #commit(name: string): Promise<string> {
    const what = ['--end-of-options', `${name}^{commit}`]
    const { exitCode, stdout } = await this.#git(['rev-parse', '--verify', ...what])
    if (exitCode === 0) return stdout.trim()
    throw usageError('UNKNOWN_COMMIT', `git knows no commit "${name}" in ${this.#folder}`)
  }

  async #git(words: readonly string[]) {
    const end = await script({ cwd: this.#folder, signal: this.#signal })`git ${words}`.nothrow()
    this.#signal.throwIfAborted()
    return end
  }
}

function parseCommit(line: string): Commit {
  const [hash = '', author = '', date = '', subject = ''] = line.split('\0')
  return { hash, author, date, subject }
}
