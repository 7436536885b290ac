import { z } from 'zod'
import { someText, textLike } from '../platform/files/checked-json.js'

/** What makes Kbuild build the folder for the kernel; a second one would build something else. */
const OWN_VARIABLES = ['ARCH', 'CC', 'CROSS_COMPILE', 'KBUILD_EXTRA_SYMBOLS', 'M', 'O']

const isOwn = (name: string): boolean => OWN_VARIABLES.includes(name)

export const path = () => textLike(/\S/, 'a path')

/** A name of a variable of make that the configuration may set. */
export const variableName = textLike(/^[A-Za-z_]\w*$/, 'the name of a variable of make').refine(
  name => !isOwn(name),
  { error: `none of ${OWN_VARIABLES.join(', ')}, which are the harness's to set` },
)

/** Fields of a folder. */
const moduleFields = z.strictObject(
  {
    folder: path()
      .default('.')
      .describe(
        "the folder of the Kbuild file, or a module of the kernel's own tree: `in-tree:drivers/net/dummy`; default: `.`",
      ),
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

type ModuleFields = z.input<typeof moduleFields>

export const oneModule = z.preprocess(
  (value: string | ModuleFields) => (typeof value === 'string' ? { folder: value } : value),
  moduleFields,
)

/** How one folder is built. */
export type ModuleConfig = z.output<typeof moduleFields>
