import { cp, mkdir, readFile, realpath } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { isThere } from '../../platform/files/is-there.js'
import { isWithin } from '../../platform/files/is-within.js'
import { packageRoot } from '../../platform/files/package-root.js'

/** What modprove runs from. */
const OWN = ['harness', 'compiled', 'images', 'package.json', 'tsconfig.json', 'modprove.d.ts']

/** Copies modprove and the packages that it depends on. */
export async function copyPackage(target: string): Promise<void> {
  await mkdir(target, { recursive: true })
  for (const name of OWN)
    if (await isThere(join(packageRoot, name)))
      await cp(join(packageRoot, name), join(target, name), { recursive: true })
  for (const folder of await dependencies()) {
    const above = isWithin(folder, [join(packageRoot, 'node_modules')])
      ? packageRoot
      : dirname(dirname(packageRoot))
    await cp(folder, join(target, relative(above, folder)), {
      recursive: true,
      filter: path => path === folder || !relative(folder, path).startsWith('node_modules'),
    })
  }
}

interface Described {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** Folders of all packages that are needed, as Node finds them. */
async function dependencies(): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  const visit = async (folder: string): Promise<void> => {
    const text = await readFile(join(folder, 'package.json'), 'utf8')
    const {
      dependencies = {},
      optionalDependencies = {},
      peerDependencies = {},
    } = JSON.parse(text) as Described
    for (const name of Object.keys({
      ...dependencies,
      ...optionalDependencies,
      ...peerDependencies,
    })) {
      const place = await placeOf(name, folder)
      // Those for other processors are not installed.
      if (place === undefined || found.has(place)) continue
      found.add(place)
      await visit(place)
    }
  }
  await visit(await realpath(packageRoot))
  return found
}

async function placeOf(name: string, from: string): Promise<string | undefined> {
  for (let at = from; at !== dirname(at); at = dirname(at)) {
    const place = join(at, 'node_modules', name)
    if (await isThere(join(place, 'package.json'))) return place
  }
  return undefined
}
