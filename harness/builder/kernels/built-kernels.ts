import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Data } from '../../contract/data.js'
import { cacheFolder } from '../../platform/files/cache-folder.js'
import { readHint } from '../../platform/files/lenient-json.js'

/** Stored beside the files of a kernel's build. */
export const kernelRecord = z.object({
  release: z.string(),
  modules: z
    .array(
      z.object({
        name: z.string(),
        file: z.string().describe('from its folder'),
        depends: z.array(z.string()),
        isRequested: z.boolean(),
      }),
    )
    // Absent in earlier versions, which built none.
    .default([]),
  atBoot: z
    .array(z.string())
    .default([])
    .describe("modules that init loads for the machine's devices, in this order"),
  missing: z
    .array(z.string())
    .default([])
    .describe('drivers that a machine needs, and that it does not have'),
  toolchain: z
    .object({
      cc: z.string().describe('its command: `gcc-14`'),
      version: z.string().describe('as it names itself'),
      bin: z
        .string()
        .exactOptional()
        .describe("folder of its programs, from the kernel's; default: this host's"),
    })
    .exactOptional()
    .describe('what modules are built with; default: the compiler that builds kernels'),
  word: z
    .string()
    .exactOptional()
    .describe('names a prebuilt kernel: `distro:trixie/cloud=6.12.118-1`'),
  home: z.string().exactOptional().describe('the folder’s path, which programs in it name'),
})

export type KernelRecord = Data<z.infer<typeof kernelRecord>>

/** A kernel in the cache. */
export interface BuiltKernel {
  /** Its key: `6.1.192-2-plain-0123456789abcdef`. */
  readonly name: string
  readonly flavour: string
  readonly release: string
  /** For `--kernel`, of a prebuilt one. */
  readonly word?: string
  readonly folder: string
}

/** The name of a kernel's build in the cache. @param hash of its inputs, hexadecimal */
export const kernelName = (source: string, flavour: string, hash: string): string =>
  `${source}-${flavour}-${hash}`

const flavourOf = (name: string): string => /-([^-]+)-[0-9a-f]+$/.exec(name)?.[1] ?? ''

/** Returns the cached kernels by name, without unreadable entries. */
export async function builtKernels(): Promise<BuiltKernel[]> {
  const kernels = join(cacheFolder(), 'kernels')
  const found: BuiltKernel[] = []
  for (const name of (await readdir(kernels).catch(() => [])).sort()) {
    const folder = join(kernels, name)
    const value = kernelRecord.safeParse(await readHint(join(folder, 'value.json')))
    if (value.success) found.push({ name, flavour: flavourOf(name), folder, ...value.data })
  }
  return found
}
