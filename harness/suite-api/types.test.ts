import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { installIn, packages } from '../platform/files/installed-package.fixture.js'
import { packageRoot } from '../platform/files/package-root.js'
import { privateFolder } from '../platform/files/private-folder.js'

const run = promisify(execFile)

/** What is expected to be an error would be none if a type were `any`. */
const suiteText = `import { suite, O_RDONLY, type LogRecord } from 'modprove'
// @ts-expect-error a module has a name
suite('other', { modules: ['hello'] })
const test = suite('hello', { modules: [{ name: 'hello', parameters: { size: 4 } }] })
test('the module is loaded', { needs: { flavours: ['debug'] } }, async (t, guest) => {
  t.strictSame(await guest.modules.loaded(), ['hello'])
  // @ts-expect-error
  t.nosuch()
  const log: LogRecord[] = await guest.kernelLog()
  t.notOk(log.some(({ level }) => level <= 3))
  const process = await guest.process()
  // @ts-expect-error flags are a number
  await process.open('/dev/hello', 'r')
  await using file = await process.open('/dev/hello', O_RDONLY)
  const bytes: Buffer = await file.read(16)
  const command = await guest.stream('true')
  command.stdout.on('data', (chunk: Buffer) => t.not(chunk.length, bytes.length))
  // @ts-expect-error null if a signal ended it
  const code: number = (await command.exited).code
})
`

/** What the compiler says of a user's project with that suite. */
async function checked(project: string, config: object): Promise<string> {
  await mkdir(join(project, 'suites'), { recursive: true })
  await writeFile(join(project, 'suites/hello.suite.ts'), suiteText)
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify(config))
  const tsc = [join(packages, 'typescript/bin/tsc'), '--project', project, '--pretty', 'false']
  const ended = await run(process.execPath, tsc).catch((error: unknown) => error)
  const { stdout } = ended as { readonly stdout: string }
  // tap's own types have errors, which a user's skipLibCheck is for.
  return stdout.replaceAll(/^\S*node_modules\/(?!modprove\/).*\n(?: .*\n)*/gm, '')
}

void t.test('suites are type-checked in a project that has the package', async t => {
  // Not a test's own folder: that has the packages of this checkout above it.
  await using root = await privateFolder()
  await installIn(root.path)
  await writeFile(join(root.path, 'package.json'), '{"type":"module"}')
  const settings = [
    { module: 'nodenext', skipLibCheck: true, exactOptionalPropertyTypes: true },
    { module: 'preserve', moduleResolution: 'bundler', types: [] },
    // Editors without a tsconfig.json.
    { module: 'esnext', moduleResolution: 'node10', types: [], skipLibCheck: true },
  ]
  const said = settings.map((setting, at) => {
    const compilerOptions = { strict: true, noEmit: true, target: 'es2022', ...setting }
    return checked(join(root.path, `project-${at}`), { compilerOptions })
  })
  t.strictSame(await Promise.all(said), ['', '', ''])
})

void t.test('suites are type-checked beside a clone, as their README says', async t => {
  await using project = await privateFolder()
  const readme = await readFile(join(packageRoot, 'suites', 'README.md'), 'utf8')
  const [config = ''] = /^\{\s+"extends"[^`]*/m.exec(readme) ?? []
  const here = JSON.parse(config.replace('PATH-OF-MODPROVE', packageRoot)) as object
  t.equal(await checked(project.path, here), '')
})
