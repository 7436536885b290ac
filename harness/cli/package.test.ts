import { execFileSync } from 'node:child_process'
import { cp, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import t from 'tap'
import { importsOf } from '../compile/bundle.js'
import { packageRoot } from '../platform/files/package-root.js'

const words = ['pack', '--dry-run', '--json', '--ignore-scripts']
const listed = execFileSync('npm', words, { cwd: packageRoot, encoding: 'utf8' })
const [{ files }] = JSON.parse(listed) as [{ files: { path: string }[] }]
const shipped = files.map(({ path }) => path)

t.test('the package has what its files import', async t => {
  const folder = t.testdir()
  for (const path of shipped) await cp(join(packageRoot, path), join(folder, path))
  const code = shipped.filter(path => /\.(?:js|tsx?)$/.test(path) && !path.endsWith('.d.ts'))
  t.ok(code.length > 300)
  await t.resolves(importsOf(code.map(path => join(folder, path))))
})

t.test('its first page names only what it has', async t => {
  const readme = await readFile(join(packageRoot, 'README.md'), 'utf8')
  const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path = '']) => path)
  t.ok(links.length > 10)
  for (const path of [...links, 'tsconfig.json']) t.ok(shipped.includes(path), path)
})

t.test('its other pages name only what it has', async t => {
  for (const page of shipped.filter(path => path.endsWith('.md'))) {
    const text = (await readFile(join(packageRoot, page), 'utf8')).replaceAll(/^```[^]*?^```/gm, '')
    for (const [, path = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      const target = join(dirname(page), path)
      t.ok(
        shipped.some(each => each === target || each.startsWith(`${target}/`)),
        `${page}: ${path}`,
      )
    }
  }
})

t.test('it has what runs, and nothing that proves it', async t => {
  for (const path of ['README.md', 'images/kernels.json', 'harness/basics/basics.suite.ts'])
    t.ok(shipped.includes(path), path)
  const other =
    /\.(?:test|fixture)\.ts$|(?:^|\/)(?:testdata|chaos|fuzz|suites|module)\/(?!(?:(?:mutants|gallery)\/)?README\.md$)/
  t.strictSame(
    shipped.filter(path => other.test(path)),
    [],
  )
})
