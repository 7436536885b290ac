import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Project } from '../../project/project.js'
import { requireBase, type Base } from './base.js'
import { cpio, type CpioMember } from './cpio.js'
import { extrasOf } from './extras.js'
import { modulePath } from './guest-paths.js'
import { contentKey } from '../hash.js'
import { noValue, stored } from '../store.js'
import type { BuiltProgram, Initramfs, KernelModule, ModuleBuild, Work } from '../types.js'

/** Increment when these scripts make something else from the same input. */
const RECIPE = 4
const KEPT_DAYS = 7
const KEPT_BYTES = 1024 ** 3

export interface InitramfsRequest extends Work {
  readonly project: Pick<Project, 'root' | 'guest'>
  /** A segment with Debian packages. */
  readonly packages?: string
  readonly modules: ModuleBuild
  /** Modules of the kernel that its guests have. */
  readonly kernelModules: readonly KernelModule[]
  /** Those that init loads, in this order. */
  readonly atBoot?: readonly KernelModule[]
  readonly programs: readonly BuiltProgram[]
}

/**
 * Builds the guest's root file system for one kernel: a base with the suites' programs, what the
 * project and the kernel have of their own, and a payload with the modules, which change most
 * often.
 * @throws ModproveError `MISSING_GUEST_PROGRAM`, `AGENT_DOES_NOT_COMPILE`
 */
export async function requireInitramfs(request: InitramfsRequest): Promise<Initramfs> {
  const { privateKey, hostKey, ...base } = await requireBase(request.programs, request)
  const whole = await withExtras(base, request)
  const payload = request.modules.modules.map(({ name, ko }) => ({
    path: modulePath(name),
    file: ko,
    mode: 0o644,
  }))
  const members = await Promise.all(
    payload.map(async ({ path, file, mode }): Promise<CpioMember> => ({
      path: path.slice(1),
      type: 'file',
      mode,
      data: await readFile(file),
    })),
  )
  const combined = await joined(whole, [cpio(members)], 'combined.cpio', request)
  const { file, id } = whole
  return { base: file, baseId: id, payload, combined: combined.file, privateKey, hostKey }
}

type Image = Pick<Base, 'file' | 'id'>

/** The base with packages, files, firmware and modules of the kernel, if there are any. */
async function withExtras(base: Image, request: InitramfsRequest): Promise<Image> {
  const { project, packages, kernelModules, atBoot = [], signal } = request
  const extras = await extrasOf(project, { kernelModules, atBoot }, signal)
  const segments = [
    ...(packages === undefined ? [] : [await readFile(packages)]),
    ...(extras === undefined ? [] : [extras]),
  ]
  return segments.length === 0 ? base : joined(base, segments, 'image.cpio', request)
}

/** An image with further segments; of a file in several, the last counts. */
async function joined(
  { file, id }: Image,
  segments: readonly Buffer[],
  name: string,
  work: Work,
): Promise<Image> {
  const contents = Object.fromEntries(segments.map((data, index) => [String(index), data]))
  const key = `${id}-${contentKey({ recipe: String(RECIPE), ...contents })}`
  const { folder } = await stored(
    {
      kind: 'initramfs',
      key,
      title: 'initramfs',
      hashed: 'all',
      keptDays: KEPT_DAYS,
      keptBytes: KEPT_BYTES,
      valueFrom: noValue,
      make: async target => {
        await copyFile(file, join(target, name))
        for (const data of segments) await writeFile(join(target, name), data, { flag: 'a' })
        return null
      },
    },
    work,
  )
  return { file: join(folder, name), id: contentKey({ key }) }
}
