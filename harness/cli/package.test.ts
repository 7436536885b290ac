import { execFile, execFileSync } from 'node:child_process'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { importsOf } from '../compile/bundle.js'
import { isThere } from '../platform/files/is-there.js'
import { packageRoot, packageVersion } from '../platform/files/package-root.js'
import { privateFolder } from '../platform/files/private-folder.js'
import { syntheticRun, writeRecord } from '../record/synthetic.fixture.js'
import { bundlePage } from '../report/page/bundle.js'
import { installIn } from '../platform/files/installed-package.fixture.js'

const run = promisify(execFile)

const words = ['pack', '--dry-run', '--json', '--ignore-scripts']
const listed = execFileSync('npm', words, { cwd: packageRoot, encoding: 'utf8' })
const [{ files }] = JSON.parse(listed) as [{ files: { path: string }[] }]
const shipped = files.map(({ path }) => path)

t.test('the package has what its files import', async t => {
  const folder = t.testdir()
  for (const path of shipped) await cp(join(packageRoot, path), join(folder, path))
  const code = shipped.filter(path => /\.[jt]s$/.test(path) && !path.endsWith('.d.ts'))
  t.ok(code.length > 8)
  await t.resolves(importsOf(code.map(path => join(folder, path))))
})

t.test('an installed package', async t => {
  await using root = await privateFolder()
  const installed = await installIn(root.path)
  const record = join(root.path, '.modprove/runs/r')
  const modprove = async (...args: string[]): Promise<unknown> => {
    const command = [join(installed, 'harness/cli/modprove.js'), ...args]
    const env = { ...process.env, XDG_CACHE_HOME: join(root.path, 'cache') }
    return run(process.execPath, command, { cwd: root.path, env }).catch((error: unknown) => error)
  }

  t.match(await modprove('--version'), { stdout: `${packageVersion}\n` })
  t.notOk(await isThere(join(root.path, 'cache')), 'nothing was compiled to start it')
  t.match(await modprove('chaos'), { code: 2, stderr: /is not in its package/ })

  await writeFile(join(root.path, 'Kbuild'), 'obj-m := a.o\n')
  await writeRecord(record, syntheticRun({ kernels: [1], suites: 1, tests: 1 }))
  t.match(await modprove('report', record, '--format', 'html'), { stderr: '' })
  const { script } = await bundlePage()
  t.ok((await readFile(join(record, 'report.html'), 'utf8')).includes(script), 'its page')
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
    /\.tsx?$|^\.config\/|(?:^|\/)(?:testdata|chaos|fuzz|suites|module)\/(?!(?:(?:mutants|gallery)\/)?README\.md$)/
  t.strictSame(
    shipped.filter(path => other.test(path) && !path.endsWith('.d.ts')),
    ['harness/basics/basics.suite.ts', 'harness/contract/test-names.ts'],
  )
})
