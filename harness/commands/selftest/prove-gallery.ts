import { join } from 'node:path'
import type { AcceleratorRequest } from '../../contract/accelerator.js'
import type { Counts } from '../../contract/events.js'
import type { GalleryResult } from '../../contract/gallery-result.js'
import { ModproveError } from '../../platform/errors.js'
import { writeJson } from '../../platform/files/write-atomically.js'
import type { Terminal } from '../../platform/terminal/terminal.js'
import { plainRun } from '../../plan/request.js'
import { readProject, type Project } from '../../project/project.js'
import { readRun } from '../../record/require-run.js'
import { galleryTable } from '../../report/activities/gallery.js'
import { PrettyReporter } from '../../report/terminal/pretty.js'
import { makeModuleProject } from '../../selftest/gallery/module-project.js'
import { galleryModules, type GalleryModule } from '../../selftest/gallery/packages.js'
import { galleryColumns, galleryCounts } from '../../selftest/gallery/stages.js'
import { run } from '../run/run.js'

export interface GalleryContext {
  /** Whose suites have a gallery: a folder `gallery`. */
  readonly project: Project
  readonly kernels: readonly string[]
  readonly accelerator: AcceleratorRequest
  readonly terminal: Terminal
  readonly signal: AbortSignal
}

/**
 * Proves modules of others one after another, shows how far each comes, and saves `gallery.json`.
 *
 * @param names of modules; empty for all
 * @param folder of `gallery.json`
 * @returns the number of stages with each status
 * @throws ModproveError `UNKNOWN_MODULE`, `CONFIGURATION`; the signal's reason
 */
export async function proveAndKeep(
  names: readonly string[],
  folder: string,
  context: GalleryContext,
): Promise<Counts> {
  const { write } = context.terminal
  const gallery = join(context.project.suites, 'gallery')
  const results: GalleryResult[] = []
  for (const module of await galleryModules(gallery, names)) {
    write(`\n${module.name}: ${module.package}\n`)
    results.push(await proveModule(module, gallery, context))
    await writeJson(join(folder, 'gallery.json'), results)
  }
  write(`\n${galleryTable(results)}`)
  return galleryCounts(results)
}

/** A module that cannot be run does not keep the others from it. */
async function proveModule(
  module: GalleryModule,
  gallery: string,
  { project, kernels, accelerator, terminal, signal }: GalleryContext,
): Promise<GalleryResult> {
  const about = { module: module.name, package: module.package }
  const work = { signal, progress: terminal }
  const root = join(project.state, 'gallery', module.name)
  const reporter = new PrettyReporter(terminal.write)
  try {
    await makeModuleProject(module, gallery, root, work)
    const { folder } = await run(
      { ...plainRun, suites: [], kernels, flavours: ['plain'], accelerator },
      { ...work, project: await readProject(root), report: event => reporter.take(event) },
    )
    signal.throwIfAborted()
    return { ...about, record: folder, columns: galleryColumns(await readRun(folder)) }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof ModproveError)) throw error
    terminal.say(error.message)
    return { ...about, columns: [], problem: error.message }
  }
}
