import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { FolderHistory } from './git.js'

const base = await mkdtemp(join(tmpdir(), 'modprove-git-'))
t.teardown(() => rm(base, { recursive: true, force: true }))
const work = join(base, 'work')
// The checkout may be a part of a repository.
const root = join(work, 'part')
await mkdir(join(root, 'module'), { recursive: true })
const git = (...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=A Name', '-c', 'user.email=a@b', ...args], {
    cwd: root,
    encoding: 'utf8',
  }).trim()
git('init', '-q', '-b', 'main', work)

/** Writes a file and commits it. @returns the commit */
async function change(file: string, text: string, subject: string): Promise<string> {
  await writeFile(join(root, file), text)
  git('add', '-A', '.')
  git('commit', '-q', '-m', subject)
  return git('rev-parse', 'HEAD')
}
const empty = await change('README', 'a', 'before the module')
const first = await change('module/a.c', '1', 'first')
await change('README', 'b', 'elsewhere')
const second = await change('module/a.c', '2', 'second: \u001b[31mred')
git('checkout', '-q', '-b', 'side')
await change('module/b.c', '1', 'on a side')
await change('module/b.c', '2', 'on a side again')
git('checkout', '-q', 'main')
git('merge', '-q', '--no-ff', '-m', 'the side comes in', 'side')
const merge = git('rev-parse', 'HEAD')
await change('README', 'c', 'elsewhere again')

const history = new FolderHistory(join(root, 'module'), new AbortController().signal)

void t.test(
  'the row is the good commit and what changed the folder since, by first parents',
  async t => {
    const commits = await history.between(first, 'HEAD')
    t.strictSame(
      commits.map(({ hash }) => hash),
      [first, second, merge],
    )
    t.match(commits[1], {
      author: 'A Name',
      date: /^20\d\d-\d\d-\d\d$/,
      subject: /^second: .*red$/,
    })
  },
)

void t.test('a commit’s folder and its changes can be read', async t => {
  const into = join(base, 'into')
  await mkdir(into)
  await history.extract(second, into)
  t.strictSame(await readdir(into), ['a.c'])
  t.equal(await readFile(join(into, 'a.c'), 'utf8'), '2')
  t.match(await history.changes(merge), [/part\/module\/b\.c \| 1 \+/, /1 file changed/])
  t.not(await history.content(first), await history.content(second))
  t.equal(await history.content(empty), undefined)
  await t.rejects(history.extract(empty, into), { code: 'NO_SUCH_FOLDER' })
})

void t.test('ends without a range between them are a usage error', async t => {
  const wrong: [good: string, bad: string, code: string, message: RegExp][] = [
    ['nosuch', 'HEAD', 'UNKNOWN_COMMIT', /no commit "nosuch"/],
    ['--all', 'HEAD', 'UNKNOWN_COMMIT', /no commit "--all"/],
    ['HEAD', first, 'BAD_RANGE', /HEAD is no ancestor/],
    [merge, 'HEAD', 'BAD_RANGE', /No commit from .* changes module\//],
  ]
  for (const [good, bad, code, message] of wrong) {
    await t.rejects(history.between(good, bad), { code, exitCode: 2, message })
  }
})

void t.test(
  'the folder may be the one that git is asked in, or the root of a repository',
  async t => {
    const own = new FolderHistory(join(root, 'module'), new AbortController().signal)
    t.strictSame(await own.between(first, 'HEAD'), await history.between(first, 'HEAD'))
    t.equal(await own.content(second), await history.content(second))
    const whole = new FolderHistory(work, new AbortController().signal)
    const into = join(base, 'whole')
    await mkdir(into)
    await whole.extract(second, into)
    t.equal(await readFile(join(into, 'part/module/a.c'), 'utf8'), '2')
    await t.rejects(own.between(merge, 'HEAD'), { code: 'BAD_RANGE', message: /changes module\// })
  },
)
