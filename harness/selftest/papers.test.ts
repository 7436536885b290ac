import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../platform/files/package-root.js'

const textOf = (file: string): string => readFileSync(join(packageRoot, file), 'utf8')
const isThere = (path: string): boolean => existsSync(join(packageRoot, path))
const files = execFileSync('git', ['ls-files'], { cwd: packageRoot, encoding: 'utf8' }).split('\n')
const names = files.map(file => basename(file))
const papers = files.filter(file => /^CONTRIBUTING\.md$|(^|\/)README\.md$/.test(file))

/** `a` for each of a paper's words that a pattern captures. */
const wordsOf = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, word = '']) => word)

/** Modules `hello` and `ring`, and what is in capitals are examples. */
const isExample = (path: string): boolean => /\b(hello|ring|[A-Z]{2,})\b/.test(path)

const LINK = /\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g
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
    const gone = [
      ...wordsOf(text, LINK).filter(path => !isThere(join(dirname(paper), path))),
      ...wordsOf(text, PATH).filter(path => !isThere(path) && !isExample(path)),
      ...wordsOf(text, FILE).filter(name => !names.includes(name) && name !== 'modprove.config.ts'),
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
