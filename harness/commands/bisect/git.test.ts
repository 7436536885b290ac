import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import t from 'tap'
import { sourcesIn } from '../../project/module-sources.fixture.js'
import { SourceHistory } from './git.js'

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

const { signal } = new AbortController()
const history = new SourceHistory(sourcesIn(root), signal)

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
  t.strictSame(await readdir(into, { recursive: true }), ['module', 'module/a.c'])
  t.equal(await readFile(join(into, 'module/a.c'), 'utf8'), '2')
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

void t.test('the folder may be the root of a repository', async t => {
  const folders = [{ name: 'work', make: {} }] as const
  const whole = new SourceHistory(sourcesIn(base, { folders }), signal)
  const into = join(base, 'whole')
  await mkdir(into)
  await whole.extract(second, into)
  t.equal(await readFile(join(into, 'work/part/module/a.c'), 'utf8'), '2')
})

void t.test('several folders, and what is included with them, are extracted together', async t => {
  await mkdir(join(root, 'common'))
  const third = await change('common/x.h', '1', 'a header')
  const fourth = await change('one.h', '1', 'a file')
  await change('README', 'd', 'elsewhere once more')
  const folders = [
    { name: 'part/module', make: {} },
    { name: 'part/common', make: {} },
  ] as const
  const all = new SourceHistory(sourcesIn(work, { folders, include: ['part/one.h'] }), signal)
  const commits = await all.between(merge, 'HEAD')
  t.strictSame(
    commits.map(({ hash }) => hash),
    [merge, third, fourth],
  )
  t.equal(await all.content(merge), undefined, 'a module’s folder is needed')
  t.type(await all.content(third), 'string', 'what is included is not')
  t.not(await all.content(third), await all.content(fourth))
  for (const [commit, there] of [
    [third, ['part/common/x.h', 'part/module/a.c', 'part/module/b.c']],
    [fourth, ['part/common/x.h', 'part/module/a.c', 'part/module/b.c', 'part/one.h']],
  ] as const) {
    const into = join(base, commit)
    await mkdir(into)
    await all.extract(commit, into)
    const files = await readdir(into, { recursive: true, withFileTypes: true })
    const names = files.filter(file => file.isFile()).map(file => join(file.parentPath, file.name))
    t.strictSame(names.map(name => relative(into, name)).sort(), there)
  }
})

void t.test('sources of two repositories are a usage error', async t => {
  await mkdir(join(base, 'elsewhere'))
  const two = sourcesIn(base, { folders: [{ name: 'work', make: {} }], include: ['elsewhere'] })
  await t.rejects(new SourceHistory(two, signal).between(first, 'HEAD'), {
    code: 'NOT_ONE_REPOSITORY',
    exitCode: 2,
    message: /elsewhere is not in the repository .*work$/,
  })
})
