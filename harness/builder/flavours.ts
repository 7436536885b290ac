import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { didYouMean } from '../platform/did-you-mean.js'
import { usageError } from '../platform/errors.js'
import { Checked, imagesFolder } from './images.js'
import type { BootPath } from './types.js'

/** A way to configure and to boot a kernel, as `images/flavours.json` lists it. */
export interface Flavour {
  readonly name: string
  /** The flavour whose kernel build it boots: its own name, or another's. */
  readonly kernel: string
  /** Kconfig fragments of `images/config/`, in the order they are merged. */
  readonly fragments: readonly string[]
  /** Variables for make when the kernel, and not a module, is built: `NAME=value`. */
  readonly make: readonly string[]
  readonly bootPath: BootPath
  /** Guest memory, in MiB. */
  readonly memoryMiB: number
  readonly cpus: number
  /** Kernel parameters besides those every machine has. */
  readonly append: readonly string[]
  /** Modules are built to count their coverage (needs CONFIG_GCOV_KERNEL in the fragments). */
  readonly coverage: boolean
  readonly notes: string
}

const OF_ITS_OWN_KERNEL = ['fragments', 'make', 'boot', 'coverage']
const KEYS = ['kernel', ...OF_ITS_OWN_KERNEL, 'memoryMiB', 'cpus', 'append', 'notes']

/** @throws ModproveError `CONFIGURATION`, naming file and place */
export async function loadFlavours(
  file = join(imagesFolder, 'flavours.json'),
  fragmentsFolder = join(imagesFolder, 'config'),
): Promise<readonly Flavour[]> {
  const { checked, content } = await Checked.read(file)
  const fragments = await readdir(fragmentsFolder)
  const flavours: Flavour[] = []
  for (const [name, value] of Object.entries(content)) {
    flavours.push(parseFlavour(checked, name, value, flavours, fragments))
  }
  return flavours
}

function parseFlavour(
  checked: Checked,
  name: string,
  value: unknown,
  earlier: readonly Flavour[],
  knownFragments: readonly string[],
): Flavour {
  checked.string(name, `the name "${name}"`, /^[a-z][a-z0-9]*$/, 'lower-case letters and digits')
  const entry = checked.object(value, name)
  checked.onlyKeys(entry, name, KEYS)
  const common = {
    name,
    memoryMiB: checked.positive(entry['memoryMiB'], `${name}.memoryMiB`),
    cpus: checked.positive(entry['cpus'], `${name}.cpus`),
    append: checked.strings(entry['append'], `${name}.append`, /^\S+$/, 'one kernel parameter'),
    notes: checked.string(entry['notes'], `${name}.notes`),
  }
  if (entry['kernel'] !== undefined) {
    const base = earlier.find(flavour => flavour.name === entry['kernel'])
    if (!base) checked.fail(`${name}.kernel`, 'a flavour listed before it', entry['kernel'])
    const misplaced = OF_ITS_OWN_KERNEL.filter(key => key in entry)
    if (misplaced.length > 0) {
      checked.fail(name, `without ${misplaced.join(', ')}: its kernel is ${base.name}'s`, entry)
    }
    const { kernel, fragments, make, bootPath, coverage } = base
    return { ...common, kernel, fragments, make, bootPath, coverage }
  }
  const fragments = checked.strings(entry['fragments'], `${name}.fragments`)
  for (const fragment of fragments) {
    if (!knownFragments.includes(fragment)) {
      checked.fail(`${name}.fragments`, 'files of images/config', fragment)
    }
  }
  const boot = checked.string(
    entry['boot'],
    `${name}.boot`,
    /^(pvh|bzimage)$/,
    '"pvh" or "bzimage"',
  )
  const coverage = entry['coverage'] ?? false
  if (typeof coverage !== 'boolean') checked.fail(`${name}.coverage`, 'true or false', coverage)
  const variables = checked.strings(
    entry['make'] ?? [],
    `${name}.make`,
    /^[\w.]+=\S*$/,
    'NAME=value',
  )
  const own = { kernel: name, fragments, make: variables, bootPath: boot as BootPath, coverage }
  return { ...common, ...own }
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
      remedy: `${didYouMean(name, known)}Name one of these; images/flavours.json lists them`,
    },
  )
}
