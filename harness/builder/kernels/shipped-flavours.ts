import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Data } from '../../contract/data.js'
import { readJson, someText, textLike } from '../../platform/files/checked-json.js'
import { defined, pick } from '../../platform/pick.js'
import { flavourName, kernelParameters } from '../../project/kernel-fields.js'
import { imagesFolder } from '../images.js'

const positive = z.int({ error: 'a positive integer' }).positive({ error: 'a positive integer' })
const bootPath = z.enum(['pvh', 'bzimage'])
const board = z.enum(['microvm', 'q35'])

const ofItsOwnKernel = z.object({
  fragments: z
    .array(someText())
    .describe(
      "Kconfig fragments of `images/config/`, in the order they are merged, the project's over each",
    ),
  make: z
    .array(textLike(/^[\w.]+=\S*$/, 'NAME=value'))
    .describe('variables for make when the kernel, and not a module, is built'),
  boot: bootPath,
  board: board.describe('machine of QEMU; default: microvm'),
  kernels: z
    .literal('prebuilt')
    .exactOptional()
    .describe('it is for prebuilt kernels, which have no other flavour'),
  suites: z
    .literal('kunit')
    .exactOptional()
    .describe('the suites that run on it, unless others are named; default: all'),
  coverage: z.boolean().describe('modules are built to count their coverage (CONFIG_GCOV_KERNEL)'),
})
const entry = z.strictObject({
  kernel: someText().exactOptional().describe('a flavour listed before it, whose kernel it boots'),
  ...ofItsOwnKernel.partial().shape,
  memoryMiB: positive.describe('guest memory'),
  cpus: positive,
  append: kernelParameters().describe('kernel parameters besides those every machine has'),
  notes: someText(),
})
type FlavourEntry = z.infer<typeof entry>
type OwnKernel = z.infer<typeof ofItsOwnKernel>

/** A way to configure and to boot a kernel, as `images/flavours.json` lists it. */
export type ShippedFlavour = Data<
  Pick<FlavourEntry, 'memoryMiB' | 'cpus' | 'append' | 'notes'> & Omit<OwnKernel, 'boot'>
> & {
  readonly name: string
  /** The flavour whose kernel build it boots: its own name, or another's. */
  readonly kernel: string
  readonly bootPath: OwnKernel['boot']
}

/** @param fragments names of the existing files */
const flavoursOf = (fragments: readonly string[]) =>
  z.record(flavourName, entry).superRefine((flavours, context) => {
    const earlier = new Set<string>()
    for (const [name, flavour] of Object.entries(flavours)) {
      const fault = (key: keyof FlavourEntry, message: string, input: unknown = flavour[key]) =>
        context.addIssue({ code: 'custom', path: [name, key], message, input })
      const { kernel } = flavour
      if (kernel === undefined) {
        if (flavour.boot === undefined) fault('boot', '"pvh" or "bzimage"')
        if (flavour.fragments === undefined) fault('fragments', 'a list')
      } else {
        if (!earlier.has(kernel)) fault('kernel', 'a flavour listed before it')
        for (const key of ofItsOwnKernel.keyof().options)
          if (flavour[key] !== undefined) fault(key, `absent: its kernel is ${kernel}'s`)
      }
      for (const fragment of flavour.fragments ?? [])
        if (!fragments.includes(fragment)) fault('fragments', 'files of images/config', fragment)
      earlier.add(name)
    }
  })

/** @throws ModproveError `CONFIGURATION`, naming the file and each fault */
export async function shippedFlavours(
  file = join(imagesFolder, 'flavours.json'),
  fragmentsFolder = join(imagesFolder, 'config'),
): Promise<readonly ShippedFlavour[]> {
  const entries = await readJson(file, flavoursOf(await readdir(fragmentsFolder)))
  const flavours = new Map<string, ShippedFlavour>()
  for (const [name, entry] of Object.entries(entries)) {
    const { memoryMiB, cpus, append, notes, kernel = name } = entry
    const own = { name, memoryMiB, cpus, append, notes }
    flavours.set(name, { ...(flavours.get(kernel) ?? ownKernel(name, entry)), ...own })
  }
  return [...flavours.values()]
}

const ownKernel = (kernel: string, entry: FlavourEntry) => {
  const { fragments = [], make = [], boot = 'pvh', board = 'microvm', coverage = false } = entry
  const more = defined(pick(entry, 'suites', 'kernels'))
  return { kernel, fragments, make, bootPath: boot, board, coverage, ...more }
}
