import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { globSync } from 'glob'
import t from 'tap'
import { packageRoot } from '../platform/files/package-root.js'

const textOf = (file: string): string => readFileSync(join(packageRoot, file), 'utf8')
const isThere = (path: string): boolean => existsSync(join(packageRoot, path))
const files = execFileSync('git', ['ls-files'], { cwd: packageRoot, encoding: 'utf8' }).split('\n')

/** Names of the files in a paper's folder, and below. */
function namesBeside(paper: string): readonly string[] {
  const folder = dirname(paper)
  return files
    .filter(file => folder === '.' || file.startsWith(`${folder}/`))
    .map(file => basename(file))
}

const papers = files.filter(file => /^CONTRIBUTING\.md$|(^|\/)README\.md$/.test(file))

/** `a` for each of a paper's words that a pattern captures. */
const wordsOf = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, word = '']) => word)

/** Modules `hello` and `ring`, and what is in capitals are examples. */
const isExample = (path: string): boolean => /\b(hello|ring|[A-Z]{2,})\b/.test(path)

const PATH = /(?<![\w./$-])((?:harness|images|module|suites|\.config)\/[\w./-]*\w)/g
const FILE = /`(\w[\w.-]*\.ts)`/g
const SCRIPT = /npm run (?:--silent )?([\w:]+)/g
/** `mrproper` is the kernel's. */
const TARGET = /(?:`|^ *)make (?!mrproper)([a-z]+)\b/gm
const COMMAND = /(?:`|^ *)modprove ([a-z]+)\b/gm

t.test('papers name what is there: files, scripts of npm, targets of make, commands', t => {
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> }
  const makefile = textOf('Makefile')
  const help = execFileSync('node', ['harness/cli/modprove.js', '--help'], { cwd: packageRoot })
  t.ok(papers.length > 10)
  for (const paper of papers) {
    const text = textOf(paper)
    const beside = namesBeside(paper)
    const gone = [
      ...wordsOf(text, PATH).filter(path => !isThere(path) && !isExample(path)),
      ...wordsOf(text, FILE).filter(
        name => !beside.includes(name) && name !== 'modprove.config.ts',
      ),
      ...wordsOf(text, SCRIPT).filter(name => !(name in scripts)),
      ...wordsOf(text, TARGET).filter(name => !new RegExp(`^${name}\\b.*:`, 'm').test(makefile)),
      ...wordsOf(text, COMMAND).filter(
        name => !new RegExp(`^ +${name}\\b`, 'm').test(String(help)),
      ),
    ]
    t.strictSame(gone, [], paper)
  }
  t.end()
})

const LINK = /\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g
const CODE = /`([^`]+)`/g
const CODE_OF_A_PATH = /^(?=.*\/|.*\.(?:c|config|h|js|json|md|ts)$)[\w.*/-]+$/

/** GitHub's anchors of a paper's headings. */
const anchorsOf = (text: string): readonly string[] =>
  wordsOf(text, /^#+ (.*)$/gm).map(heading =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  )

t.test('links of papers lead to a file that is there, and to one of its headings', t => {
  for (const paper of files.filter(file => file.endsWith('.md'))) {
    const broken = [...textOf(paper).matchAll(LINK)].filter(([, path = '', anchor]) => {
      const target = path === '' ? paper : join(dirname(paper), path)
      return (
        !isThere(target) || (anchor !== undefined && !anchorsOf(textOf(target)).includes(anchor))
      )
    })
    t.strictSame(
      broken.map(([link]) => link),
      [],
      paper,
    )
  }
  t.end()
})

t.test('recipes name files by their paths from the root; NAME and * stand for any', t => {
  const [, recipes = ''] = textOf('CONTRIBUTING.md').split('\n## Recipes\n')
  const paths = wordsOf(recipes, CODE).filter(code => CODE_OF_A_PATH.test(code))
  t.ok(paths.length > 50)
  const gone = paths.filter(
    path => globSync(path.replaceAll('NAME', '*'), { cwd: packageRoot }).length === 0,
  )
  t.strictSame(gone, [])
  t.end()
})
