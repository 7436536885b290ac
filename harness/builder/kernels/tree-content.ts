import { lstat, readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { privateFolder } from '../../platform/files/private-folder.js'
import { script } from '../../platform/process/script.js'
import { pathsWithin } from '../../project/module-sources.js'
import { contentKey } from '../hash.js'

/**
 * Identifies a kernel tree's content: `git 0123456789ab`, with `+ fedcba9876543210` for changes;
 * without git, `files 0123456789abcdef` from each file's size and time. Writes nothing to the tree.
 * @param leftOut absolute paths of what no kernel is built from
 */
export async function treeContent(
  tree: string,
  leftOut: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  // Of a project in the tree's root, not all of the tree.
  const apart = pathsWithin(tree, leftOut).filter(path => path !== '.')
  return (await gitContent(tree, apart, signal)) ?? `files ${await filesContent(tree, apart)}`
}

/** Undefined if the folder is not the root of a work tree that git agrees to read. */
async function gitContent(
  tree: string,
  apart: readonly string[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const head = await script({ cwd: tree, signal })`git rev-parse --show-prefix HEAD`.nothrow()
  signal.throwIfAborted()
  const [prefix, commit = ''] = head.stdout.split('\n')
  if (head.exitCode !== 0 || prefix !== '') return undefined
  await using folder = await privateFolder()
  // On a copy of the index, because git diff updates it.
  const index = join(folder.path, 'index')
  const $ = script({ cwd: tree, signal, env: { GIT_INDEX_FILE: index } })
  await $`cp "$(env -u GIT_INDEX_FILE git rev-parse --git-path index)" ${index}`
  const specs = ['.', ...apart.map(path => `:(exclude,literal)${path}`)]
  const { stdout: changes } =
    await $`git diff --no-ext-diff --no-textconv --binary HEAD -- ${specs} | sha256sum`
  const { stdout: others } = await $`git ls-files -z --others --exclude-standard -- ${specs}`
  const parts: Record<string, string | Buffer> = { changes }
  for (const path of others.split('\0').filter(path => path !== '')) {
    const file = join(tree, path)
    const isLink = (await lstat(file)).isSymbolicLink()
    parts[path] = isLink ? await readlink(file) : await readFile(file)
  }
  const short = commit.slice(0, 12)
  const changed = !changes.startsWith(SHA256_OF_NOTHING) || Object.keys(parts).length > 1
  return changed ? `git ${short} + ${contentKey(parts)}` : `git ${short}`
}

const SHA256_OF_NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

async function filesContent(tree: string, apart: readonly string[]): Promise<string> {
  const entries = await readdir(tree, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter(entry => !entry.isDirectory())
    .map(entry => join(entry.parentPath, entry.name).slice(tree.length + 1))
    .filter(path => !['.git', ...apart].some(own => path === own || path.startsWith(`${own}/`)))
    .sort()
  const lines = []
  for (const path of paths) {
    const { size, mtimeMs, mode } = await lstat(join(tree, path))
    lines.push(`${path}\0${size} ${mtimeMs} ${mode}\n`)
  }
  return contentKey({ files: lines.join('') })
}
