import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { cacheFolder } from '../platform/files/cache-folder.js'
import { script } from '../platform/process/script.js'
import { packageRoot } from '../platform/files/package-root.js'
import { firstFolder } from '../project/module-sources.js'
import { readProject } from '../project/project.js'
import { imagesFolder } from './images.js'
import { compareVersions } from '../platform/text/version.js'

/** Older ones warn where there is nothing wrong. */
const OLDEST = 'linux-source-6.1-0'

/** The kernel's own, of the newest source that is unpacked here. */
function checkpatch(): string | undefined {
  const folder = join(cacheFolder(), 'unpacked')
  const paths = filesOf(folder, name => compareVersions(name, OLDEST) >= 0)
    .sort((a, b) => compareVersions(a, b))
    .map(name => join(folder, name, 'scripts/checkpatch.pl'))
  return paths.findLast(path => filesOf(join(path, '..'), name => name === 'checkpatch.pl')[0])
}

function filesOf(folder: string, which: (name: string) => boolean): string[] {
  try {
    return readdirSync(folder).filter(which)
  } catch {
    return []
  }
}

/** What a file's head says is left aside, and why. */
const leftAside = (text: string): string[] =>
  (/Of checkpatch's advice, .*left aside:\n \* ([A-Z_ ]+)\n/s.exec(text)?.[1] ?? '')
    .split(' ')
    .filter(type => type !== '')

/** The agent is a program: it has the C library's types, signals and errno. */
const OF_PROGRAMS = ['PREFER_KERNEL_TYPES', 'PREFER_DEFINED_ATTRIBUTE_MACRO', 'ENOSYS', 'VOLATILE']

const { module } = await readProject(packageRoot)
const tool = checkpatch()
const skip = tool === undefined && 'no kernel source is unpacked: modprove build unpacks one'

const own = firstFolder(module)
const ofChaos = join(packageRoot, 'harness/selftest/chaos/module')
for (const [path, aside] of [
  [own, []],
  [join(own, 'samples'), []],
  [ofChaos, []],
  [join(ofChaos, 'faulty'), []],
  [join(ofChaos, 'kinds'), []],
  [join(imagesFolder, 'guest/agent'), OF_PROGRAMS],
] as const) {
  for (const name of filesOf(path, file => /\.[ch]$/.test(file))) {
    t.test(`${path}/${name} is as checkpatch would have it`, { skip }, async t => {
      const ignored = [...aside, ...leftAside(readFileSync(join(path, name), 'utf8'))]
      const ignore = ignored.length === 0 ? [] : ['--ignore', ignored.join(',')]
      const options = ['--no-tree', '--strict', '--show-types', ...ignore]
      // Not in the checkout's root: it would look for a kernel's git there.
      const { stdout } = await script({ cwd: path })`${tool} ${options} --file ${name}`.nothrow()
      t.match(stdout, /^total: 0 errors, 0 warnings, 0 checks, [1-9]\d* lines checked$/m)
    })
  }
}
