import { mkdir, realpath } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { usageError } from '../../platform/errors.js'
import {
  firstFolder,
  shownFolders,
  sourcePaths,
  type ModuleSources,
} from '../../project/module-sources.js'
import { script } from '../../platform/process/script.js'

/** A commit that changes the sources. */
export interface Commit {
  readonly hash: string
  readonly author: string
  /** `2026-11-22` */
  readonly date: string
  readonly subject: string
}

/** A folder or a file of the sources. */
interface SourcePart {
  /** From the sources' root. */
  readonly path: string
  /** Relative to the repository's root; empty for the root itself. */
  readonly inRepository: string
  /** Without it there is nothing to build; what is included need not have been there yet. */
  readonly isNeeded: boolean
}

/** The history of the modules' sources in a git work tree. */
export class SourceHistory {
  readonly #module: ModuleSources
  readonly #folder: string
  readonly #signal: AbortSignal

  /** @param module its first folder may be the work tree's root */
  constructor(module: ModuleSources, signal: AbortSignal) {
    this.#module = module
    this.#folder = firstFolder(module)
    this.#signal = signal
  }

  /**
   * Returns the good commit, and each first-parent commit up to the bad one that changes the
   * sources, oldest first.
   * @throws ModproveError `UNKNOWN_COMMIT`, `BAD_RANGE` if the good one is no ancestor, or nothing
   * changed, `NOT_ONE_REPOSITORY`
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
    const paths = (await this.#parts()).map(({ inRepository }) => `:(top,literal)${inRepository}`)
    const changes = ['--first-parent', '--reverse', `${from}..${to}`, '--', ...paths]
    const commits = [...(await log('--max-count=1', from)), ...(await log(...changes))]
    if (commits.length > 1) return commits
    throw usageError(
      'BAD_RANGE',
      `No commit from ${good} to ${bad} changes ${shownFolders(this.#module)}`,
      {
        remedy: 'Leave --module out to search the kernels’ releases instead',
      },
    )
  }

  /** Identifies the sources in a commit; undefined if a module's folder does not exist there. */
  async content(commit: string): Promise<string | undefined> {
    const hashes: string[] = []
    for (const { inRepository, isNeeded } of await this.#parts()) {
      const hash = await this.#parse(`${commit}:${inRepository}`)
      if (hash === undefined && isNeeded) return undefined
      hashes.push(hash ?? 'absent')
    }
    return hashes.join(' ')
  }

  /**
   * Writes the sources of a commit to an empty folder, which becomes their root.
   * @throws ModproveError `NO_SUCH_FOLDER`
   */
  async extract(commit: string, into: string): Promise<void> {
    if ((await this.content(commit)) === undefined) {
      throw usageError('NO_SUCH_FOLDER', `There is no ${shownFolders(this.#module)} in ${commit}`)
    }
    // From the top: git archive must run in a folder that exists in the tree.
    const $ = script({ cwd: await this.#top(), signal: this.#signal })
    for (const { path, inRepository } of await this.#parts()) {
      const object = `${commit}:${inRepository}`
      const kind = await this.#git(['cat-file', '-t', object])
      const target = join(into, path)
      if (kind.exitCode !== 0) continue
      const isFile = kind.stdout.trim() === 'blob'
      await mkdir(isFile ? dirname(target) : target, { recursive: true })
      if (isFile) await $`git cat-file blob ${object} > ${target}`
      else await $`git archive --format=tar ${object} | tar -x -C ${target}`
    }
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

  /** @throws ModproveError `NOT_ONE_REPOSITORY` */
  async #parts(): Promise<readonly SourcePart[]> {
    const { root, folders } = this.#module
    const top = await this.#top()
    const parts: SourcePart[] = []
    for (const [index, path] of sourcePaths(this.#module).entries()) {
      const inRepository = relative(top, await realpath(join(root, path)))
      if (top === '' || inRepository.startsWith('..')) {
        throw usageError(
          'NOT_ONE_REPOSITORY',
          `${join(root, path)} is not in the repository ${top}`,
          {
            remedy: 'A bisect over commits needs all sources in one',
          },
        )
      }
      parts.push({ path, inRepository, isNeeded: index < folders.length })
    }
    return parts
  }

  /** Absolute, without links. */
  async #top(): Promise<string> {
    return (await this.#git(['rev-parse', '--show-toplevel'])).stdout.trim()
  }

  /** The hash that a word names. */
  async #parse(word: string): Promise<string | undefined> {
    const what = ['--verify', '--end-of-options', word]
    const { exitCode, stdout } = await this.#git(['rev-parse', ...what])
    return exitCode === 0 ? stdout.trim() : undefined
  }

  async #commit(name: string): Promise<string> {
    const hash = await this.#parse(`${name}^{commit}`)
    if (hash !== undefined) return hash
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
