import { mebibytes } from '../../project/kernel-fields.js'
import type { Project } from '../../project/project.js'
import { didYouMean } from '../../platform/names/did-you-mean.js'
import { usageError } from '../../platform/errors.js'
import { pick } from '../../platform/pick.js'
import type { ConfigOption } from './fragment.js'
import { projectOptions, shippedOptions } from './options.js'
import { shippedFlavours, type ShippedFlavour } from './shipped-flavours.js'

/** A way to configure and to boot a project's kernels. */
export type Flavour = Omit<ShippedFlavour, 'fragments'> & {
  /** What it asks for of kernels; of an option's lines for a series, the last one counts. */
  readonly options: readonly ConfigOption[]
}

/** What a project's flavours are made of. */
type FlavourSource = Pick<
  Project,
  'root' | 'configFile' | 'kconfig' | 'machine' | 'flavours' | 'guest'
>

const NO_PROJECT: FlavourSource = {
  root: '/',
  configFile: '/',
  kconfig: [],
  machine: {},
  flavours: {},
  guest: {},
}

/** The fragment that every flavour has; the project's options are merged over it. */
const BASE = 'base.config'

/**
 * The flavours of `images/flavours.json`, and the project's own, with what the project asks for.
 * @throws ModproveError `CONFIGURATION`, naming the file or the field
 */
export async function loadFlavours(
  project: FlavourSource = NO_PROJECT,
): Promise<readonly Flavour[]> {
  const made = new Map<string, Flavour>()
  const add = async (flavour: Flavour): Promise<void> => {
    made.set(flavour.name, await withOwn(flavour, project))
  }
  const ofEvery = await optionsOfEvery(project)
  for (const { fragments, ...shipped } of await shippedFlavours()) {
    const { kernel } = shipped
    const parts = fragments.map(async fragment => [
      ...(await shippedOptions(fragment)),
      ...(fragment === BASE ? ofEvery : []),
    ])
    const options = made.get(kernel)?.options ?? (await Promise.all(parts)).flat()
    await add({ ...shipped, options, ...machineOf(project) })
  }
  for (const [name, { base = 'plain' }] of Object.entries(project.flavours))
    if (!made.has(name)) await add({ ...selectFlavour([...made.values()], base), name })
  return [...made.values()].map(flavour => ({
    ...flavour,
    append: [...flavour.append, ...(project.machine.append ?? [])],
  }))
}

/** What the project asks for of every kernel, and what its machine and firmware need. */
async function optionsOfEvery(project: FlavourSource): Promise<readonly ConfigOption[]> {
  const { acpi = false, pci = false, disks = [] } = project.machine
  const { firmware = [] } = project.guest
  const parts = {
    'acpi.config': acpi || pci,
    'pci.config': pci,
    'disks.config': disks.length > 0,
    'firmware.config': firmware.length > 0,
  }
  const needed = Object.entries(parts).filter(([, isNeeded]) => isNeeded)
  const options = await Promise.all(needed.map(([fragment]) => shippedOptions(fragment)))
  return [...options.flat(), ...(await projectOptions(project, 'kconfig', project.kconfig))]
}

const machineOf = ({ machine }: FlavourSource): Partial<Pick<Flavour, 'cpus' | 'memoryMiB'>> => ({
  ...pick(machine, 'cpus'),
  ...(machine.memory === undefined ? {} : { memoryMiB: mebibytes(machine.memory) }),
})

/** A flavour with what the project adds to it. */
async function withOwn(flavour: Flavour, project: FlavourSource): Promise<Flavour> {
  const { name, kernel, options, append } = flavour
  const { kconfig = [], append: parameters = [] } = project.flavours[name] ?? {}
  const own = await projectOptions(project, `flavours.${name}.kconfig`, kconfig)
  return {
    ...flavour,
    // With options of its own, no other flavour's kernel serves.
    kernel: own.length === 0 ? kernel : name,
    options: [...options, ...own],
    append: [...append, ...parameters],
  }
}

/** @throws ModproveError `UNKNOWN_FLAVOUR` (exit 2), listing the known ones */
export function selectFlavour(flavours: readonly Flavour[], name: string): Flavour {
  const found = flavours.find(flavour => flavour.name === name)
  if (found) return found
  const known = flavours.map(flavour => flavour.name)
  throw usageError(
    'UNKNOWN_FLAVOUR',
    `There is no flavour "${name}". Known flavours: ${known.join(', ')}`,
    {
      remedy: `${didYouMean(name, known)}Name one of these; images/flavours.json and "flavours" of the configuration list them`,
    },
  )
}
