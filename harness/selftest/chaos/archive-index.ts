import { cp, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from '../../platform/files/cache-folder.js'
import { catalogueSeriesOf } from './private-cache.js'

/**
 * Copies the common cache's archive index to another cache, as if downloaded today from another
 * mirror: apt finds an index by its address. The listed hashes are still those that Debian signed.
 * @param address `http://127.0.0.1:41835`
 */
export async function indexFrom(address: string, cache: string, kernel: string): Promise<void> {
  for (const suite of (await catalogueSeriesOf(kernel)).suites) {
    const from = join(cacheFolder(), 'archive', suite)
    const to = join(cache, 'archive', suite)
    await mkdir(to, { recursive: true })
    await cp(join(from, 'lists'), join(to, 'lists'), { recursive: true })
    const before = await readFile(join(from, 'updated-from'), 'utf8')
    for (const name of await readdir(join(to, 'lists'))) {
      const own = name.replace(inName(before), inName(address))
      if (own !== name) await rename(join(to, 'lists', name), join(to, 'lists', own))
    }
    const sources = await readFile(join(from, 'sources.list'), 'utf8')
    await writeFile(join(to, 'sources.list'), sources.replace(before, address))
    await writeFile(join(to, 'updated-from'), address)
  }
}

/** The address as apt writes it in file names. */
const inName = (address: string): string => address.replace(/^\w+:\/\//, '')
