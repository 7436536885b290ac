import { z } from 'zod'
import { someText } from '../platform/files/checked-json.js'
import { expectedFailure } from './expected-failures.js'
import { guestFields } from './guest-fields.js'
import { flavourFields, flavourName, kconfig, machineFields } from './kernel-fields.js'
import { oneModule, path } from './module-fields.js'
import { runFields } from './run-fields.js'
import { slurmFields } from './slurm-fields.js'
import { isKernelSuite, meantOfKernel } from './suite-names.js'

const SUITES =
  'a folder, kselftest:TARGET, kunit or kunit:FILTER, or a list with at most one folder'

const suitesField = z
  .union([path(), z.array(path()).min(1)], { error: SUITES })
  // What is misspelt is told by itself.
  .refine(value => foldersOf(value).filter(word => meantOfKernel(word) === '').length <= 1, {
    error: SUITES,
  })

/** Those of its suites that are folders, and not the kernel's own tests. */
export const foldersOf = (suites: string | readonly string[] = []): string[] =>
  [suites].flat().filter(word => !isKernelSuite(word))

/** `modprove.config.*`, or "modprove" in `package.json`. Paths are relative to its folder. */
export const configSchema = z
  .strictObject({
    name: someText()
      .optional()
      .describe(
        "what reports and the history call the project; default: the name in `package.json`, or the folder's",
      ),
    module: oneModule
      .optional()
      .describe(
        'the folder of the Kbuild file, or an object with the fields below; default: what `dkms.conf` says, or `.`',
      ),
    modules: z
      .array(oneModule)
      .min(1, { error: 'a list of folders' })
      .optional()
      .describe(
        'several of these in place of `module`, in the order in which they are built: a module may use symbols of the folders before its own. The first has `mutants/`',
      ),
    include: z
      .array(path())
      .optional()
      .describe('further files and folders that the modules are built from: `["../common"]`'),
    parameters: z
      .record(
        someText(),
        z.record(someText(), z.union([z.string(), z.number()], { error: 'text or a number' })),
      )
      .optional()
      .describe(
        'parameters that a module is loaded with unless a suite gives other values: `{ "ring": { "size": 4 } }`',
      ),
    kconfig: kconfig()
      .optional()
      .describe(
        'options that the kernel needs besides, and files of them: `["CONFIG_MEDIA_SUPPORT=y", "CONFIG_VIDEO_DEV=m # 5.14..", "net.config"]`',
      ),
    machine: machineFields
      .optional()
      .describe('an object with the fields below: what the machine has'),
    flavours: z
      .record(flavourName, flavourFields)
      .optional()
      .describe(
        "what a flavour has besides, and flavours of your own: objects with the fields below, by the flavour's name",
      ),
    guest: guestFields
      .optional()
      .describe('an object with the fields below: what is in its file system'),
    run: runFields
      .optional()
      .describe('an object with the fields below: what `run` does where its options say nothing'),
    slurm: slurmFields
      .optional()
      .describe('an object with the fields below: how `run --on slurm` uses a cluster'),
    suites: suitesField
      .optional()
      .describe(
        'the folder of the suites, default: `suites`, if it exists; or a list of it and of the kernel\'s own tests: `["suites", "kselftest:sync", "kunit"]`',
      ),
    xfail: z
      .array(expectedFailure)
      .optional()
      .describe(
        'what is known to fail, and why: `[{ "what": "build", "kernels": "6.12..", "reason": "from_timer was renamed" }]`',
      ),
  })
  .refine(({ module, modules }) => module === undefined || modules === undefined, {
    error: 'left out where there is "module": it is for several',
    path: ['modules'],
    // Told together with the mistakes in fields.
    when: ({ value }) => value instanceof Object,
  })

/** A configuration as it is read. */
export type ProjectConfig = z.output<typeof configSchema>

/** A configuration as it is written: what `defineConfig` takes. */
export type WrittenConfig = z.input<typeof configSchema>
