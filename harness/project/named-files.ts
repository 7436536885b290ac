import { isObject } from '../platform/files/lenient-json.js'
import { defined } from '../platform/pick.js'
import type { WrittenConfig } from './config-schema.js'
import type { GuestConfig } from './guest-fields.js'
import { isOptionLine, type FlavourConfig } from './kernel-fields.js'

/** A path that a configuration names. */
export interface NamedPath {
  readonly field: string
  readonly path: string
}

/**
 * Files and folders that go into the kernel's configuration and the guest, and are no sources of
 * the modules.
 * @param config as it was written; values that are not paths are skipped
 */
export function namedFiles(config: unknown): NamedPath[] {
  const { kconfig, flavours, guest } = objectOf(config)
  const { files, firmware } = objectOf(guest)
  const fragments = [
    ['kconfig', kconfig] as const,
    ...Object.entries(objectOf(flavours)).map(
      ([name, flavour]) => [`flavours.${name}.kconfig`, objectOf(flavour)['kconfig']] as const,
    ),
  ]
  const named = [
    ...fragments.flatMap(([field, entries]) =>
      listOf(entries)
        .filter(entry => !(isPath(entry) && (isOptionLine(entry) || entry.includes('='))))
        .map(path => ({ field, path })),
    ),
    ...Object.entries(objectOf(files)).map(([to, path]) => ({
      field: `guest.files["${to}"]`,
      path,
    })),
    ...listOf(firmware).map(path => ({ field: 'guest.firmware', path })),
  ]
  return named.filter((each): each is NamedPath => isPath(each.path))
}

const objectOf = (value: unknown): Readonly<Record<string, unknown>> =>
  isObject(value) ? value : {}
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
export const isPath = (value: unknown): value is string =>
  typeof value === 'string' && /\S/.test(value)

interface Settings {
  readonly kconfig: readonly string[]
  readonly flavours: Readonly<Record<string, FlavourConfig>>
  readonly guest: GuestConfig
}

/** What a project says of its kernels and guests, with each path in it replaced. */
export function withPaths(
  { kconfig, flavours, guest }: Settings,
  replaced: (path: string) => string,
): WrittenConfig {
  const lines = (entries: readonly string[]): string[] =>
    entries.map(entry => (isOptionLine(entry) ? entry : replaced(entry)))
  const { files, firmware, packages } = guest
  return {
    kconfig: lines(kconfig),
    flavours: Object.fromEntries(
      Object.entries(flavours).map(([name, flavour]) => [
        name,
        { ...flavour, ...defined({ kconfig: flavour.kconfig && lines(flavour.kconfig) }) },
      ]),
    ),
    guest: defined({
      packages,
      files:
        files &&
        Object.fromEntries(Object.entries(files).map(([to, path]) => [to, replaced(path)])),
      firmware: firmware?.map(replaced),
    }),
  }
}
