import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { KernelBuild } from '../types.js'

/** A small Kbuild: compiles `obj-m`, and fails on symbols that no `Module.symvers` has. */
const MAKEFILE = `
modules:
include scripts/Makefile.lib
obj := $(M)
src := $(M)
include $(firstword $(wildcard $(M)/Kbuild $(M)/Makefile))
built := $(filter %.o,$(obj-m))
objects := $(addprefix $(M)/,$(built))
modules: $(objects:.o=.ko)
	@nm --defined-only $(objects) | sed -n 's/.* T //p' > $(M)/Module.symvers
	@: > $(M)/modules.order
	@for ko in $(built:.o=.ko); do echo $(M)/$$ko >> $(M)/modules.order; done
$(M)/%.o: $(M)/%.c
	@echo '  CC [M]  $@'
	@gcc $(KCFLAGS) $(ccflags-y) -Werror=implicit-function-declaration -c -o $@ $<
$(objects:.o=.ko): %.ko: %.o
	@nm -u $< | while read u symbol; do \\
	  grep -qxs "$$symbol" $(KBUILD_EXTRA_SYMBOLS) /dev/null || \\
	  { echo "ERROR: modpost: \\"$$symbol\\" [$@] undefined!"; exit 1; }; done
	@cp $< $@
`
const RELEASE = '6.1.9'

/** A C file with the vermagic of a module. */
export const toyModule = (code: string): string =>
  `${code}\nchar vermagic[] __attribute__((section(".modinfo"))) = "vermagic=${RELEASE} SMP";\n`

/**
 * Makes a folder of module trees. @param flags variables that it reads besides ccflags-y:
 * `EXTRA_CFLAGS`
 */
export async function toyKbuild(folder: string, flags: readonly string[]): Promise<KernelBuild> {
  const tree = join(folder, 'tree')
  const put = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  await put('tree/Makefile', MAKEFILE)
  await put('tree/.config', 'CONFIG_BUILTIN=y\n')
  await put('tree/scripts/Makefile.lib', flags.map(flag => `ccflags-y += $(${flag})\n`).join(''))
  await put('System.map', '')
  return {
    ...{ series: '6.1', release: RELEASE, flavour: 'plain', compiler: 'gcc' },
    ...{ source: 'toy', sourceTree: join(folder, 'gone'), key: `toy-${flags.join('-')}`, folder },
    ...{ toolchain: { cc: 'gcc' }, atBoot: [] },
    ...{ image: '', tree, systemMap: join(folder, 'System.map') },
    config: join(tree, '.config'),
    modules: [],
  }
}
