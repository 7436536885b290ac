import { cp, mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { requirePackage, type Work } from '../../builder/index.js'
import { harnessError } from '../../platform/errors.js'
import type { GalleryModule } from './packages.js'

/** Where dkms(8) packages have a module's source. */
const SOURCES = 'usr/src'
/** For all modules of a gallery, so that a series has one kernel for them all. */
const SHARED = 'gallery.config'
/** Records and history, which outlive a night. */
const STATE = '.modprove'

/**
 * Makes a module's project: the package's source as dkms(8) has it, with what the gallery adds.
 *
 * @param gallery its folder, with `packages.json`, `gallery.config` and a folder for each module
 * @param root the project's folder; its records stay
 * @throws ModproveError `NO_SOURCE`, and those of {@link requirePackage}
 */
export async function makeModuleProject(
  module: GalleryModule,
  gallery: string,
  root: string,
  work: Work,
): Promise<void> {
  const sources = join(await requirePackage(module.suite, module.package, work), SOURCES)
  const [folder, ...others] = await readdir(sources).catch(() => [])
  if (folder === undefined || others.length > 0)
    throw harnessError('NO_SOURCE', `${module.package} has no one folder in /${SOURCES}`, {
      remedy: 'A gallery is made of packages of dkms(8), whose names end with -dkms',
    })
  await mkdir(root, { recursive: true })
  for (const entry of await readdir(root))
    if (entry !== STATE) await rm(join(root, entry), { recursive: true })
  await cp(join(sources, folder), root, { recursive: true })
  await cp(join(gallery, module.name), root, { recursive: true })
  await cp(join(gallery, SHARED), join(root, SHARED))
}
