import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from '../../platform/files/cache-folder.js'
import { script } from '../../platform/process/script.js'
import { isThere } from '../../platform/files/is-there.js'
import type { Lab } from './lab.js'
import { catalogueSeriesOf } from './private-cache.js'

/** Returns the lab kernel's package, from the common cache or the archive. */
export async function archivePackage(lab: Lab): Promise<string> {
  const { package: name, suites } = await catalogueSeriesOf(lab.kernel)
  const conf = join(cacheFolder(), 'archive', suites[0] ?? '', 'apt.conf')
  const { stdout } = await script()`apt-cache -c ${conf} madison ${name}`
  const versions = stdout.split('\n').map(line => line.split('|')[1]?.trim() ?? '')
  const version = versions.find(each => /^[-.]/.test(each.slice(lab.kernel.length))) ?? ''
  const cached = join(cacheFolder(), 'sources', `${name}_${version}_all.deb`)
  if (await isThere(cached)) return cached
  const folder = join(lab.root, 'package')
  await mkdir(folder, { recursive: true })
  await script({ cwd: folder })`apt-get -c ${conf} -q download ${name}=${version}`
  const [file = ''] = await readdir(folder)
  return join(folder, file)
}
