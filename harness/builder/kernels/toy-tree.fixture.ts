import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const MAKEFILE = (release: string): string => `
kernelversion:
	@echo ${release}
tinyconfig:
	@: > $(O)/.config
olddefconfig:
	@true
vmlinux:
	@mkdir -p $(O)/include/config $(O)/arch/x86/include $(O)/scripts
	@echo ${release} > $(O)/include/config/kernel.release
	@echo 'int main(void) { return 0; }' > $(O)/main.c
	@gcc -o $(O)/vmlinux $(O)/main.c
	@echo 'CC=$(CC) LLVM=$(LLVM) LD=$(LD)' > $(O)/System.map
	@touch $(O)/vmlinux.symvers
	@echo "  LD      vmlinux"
modules_prepare:
	@true
modules:
	@printf '%s' '__attribute__((section(".modinfo"))) char a[] = "depends=toy-base\\0softdep=pre: crc32c";' | gcc -x c -c -o $(O)/toy-user.ko -
	@printf '%s' '__attribute__((section(".modinfo"))) char a[] = "alias=crc32c";' | gcc -x c -c -o $(O)/toy_crc.ko -
	@echo 'int a;' | gcc -x c -c -o $(O)/toy_base.ko -
	@echo of modules > $(O)/Module.symvers
modules_install:
	@mkdir -p $(INSTALL_MOD_PATH)/lib/modules && ln -s .. $(INSTALL_MOD_PATH)/lib/modules/source
	@mkdir -p $(INSTALL_MOD_PATH)/lib/modules/${release}/kernel/deep
	@cp $(O)/toy-user.ko $(INSTALL_MOD_PATH)/lib/modules/${release}/kernel/deep
	@cp $(O)/toy_crc.ko $(O)/toy_base.ko $(INSTALL_MOD_PATH)/lib/modules/${release}/kernel
`

const FILES = [
  'arch/x86/Makefile',
  'arch/x86/include/asm/a.h',
  'include/linux/a.h',
  'scripts/a.sh',
  'kernel/fork.c',
]

/** A tree that answers make like a kernel, and "builds" in a moment. @returns its folder */
export async function toyTree(folder: string, release: string): Promise<string> {
  const put = async (path: string, text: string): Promise<string> => {
    const file = join(folder, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
    return file
  }
  for (const path of FILES) await put(path, '')
  await put('Makefile', MAKEFILE(release))
  const merge = '#!/bin/sh\n# -m -O OUTPUT BASE FRAGMENT\ntouch left-behind\ncat "$5" >> "$4"\n'
  await chmod(await put('scripts/kconfig/merge_config.sh', merge), 0o755)
  await put(
    'drivers/toy/Makefile',
    'obj-$(CONFIG_TOYS) += toy_base.o\nobj-$(CONFIG_TOY) += \\\n\ttoy-user.o\n',
  )
  return folder
}
