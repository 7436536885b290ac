import { z } from 'zod'
import { someText, textLike } from '../platform/checked-json.js'
import { expectedFailure } from './expected-failures.js'
import { isKernelSuite } from './suite-names.js'

/** What makes Kbuild build the folder for the kernel; a second one would build something else. */
const OWN_VARIABLES = ['ARCH', 'CC', 'CROSS_COMPILE', 'KBUILD_EXTRA_SYMBOLS', 'M', 'O']

const isOwn = (name: string): boolean => OWN_VARIABLES.includes(name)

const path = () => textLike(/\S/, 'a path')

/** A name of a variable of make that the configuration may set. */
export const variableName = textLike(/^[A-Za-z_]\w*$/, 'the name of a variable of make').refine(
  name => !isOwn(name),
  { error: `none of ${OWN_VARIABLES.join(', ')}, which are the harness's to set` },
)

/** Fields of a folder. */
const moduleFields = z.strictObject(
  {
    folder: path().default('.').describe('the folder of the Kbuild file; default: `.`'),
    make: z
      .record(variableName, textLike(/^[^\n]*$/, 'a line of text'))
      .optional()
      .describe(
        'variables for the command line of make: `{ "VERSION": "1.2" }`; `KCFLAGS` is added to those of the harness',
      ),
    prepare: someText()
      .optional()
      .describe(
        'a shell command that makes what make needs: `./autogen.sh`; it runs in a copy of the folder, with the kernel in `$kernelver` and `$kernel_source_dir`, as in dkms(8)',
      ),
  },
  { error: ({ code }) => (code === 'invalid_type' ? 'a path, or an object' : undefined) },
)

const SUITES = 'one folder, kselftest:TARGET, kunit, kunit:FILTER, or a list of these'

const suitesField = z
  .union([path(), z.array(path()).min(1)], { error: SUITES })
  .refine(value => foldersOf(value).length <= 1, { error: SUITES })

/** Those of its suites that are folders, and not the kernel's own tests. */
export const foldersOf = (suites: string | readonly string[] = []): string[] =>
  [suites].flat().filter(word => !isKernelSuite(word))

type ModuleFields = z.input<typeof moduleFields>

const oneModule = z.preprocess(
  (value: string | ModuleFields) => (typeof value === 'string' ? { folder: value } : value),
  moduleFields,
)

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
        'several of these in place of `module`, in the order in which they are built: a module may use symbols of the folders before its own. The first has `kconfig/` and `mutants/`',
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

/** How one folder is built. */
export type ModuleConfig = z.output<typeof moduleFields>
