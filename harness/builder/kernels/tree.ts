import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { script } from '../../platform/process/script.js'

/**
 * Copies what building modules needs into one self-contained folder: the files that
 * scripts/package/install-extmod-build selects for the distributions' linux-headers packages.
 * @param source the kernel's source
 * @param output its build folder
 * @param hasModules whether `make modules` was run
 */
export async function installModuleTree(
  source: string,
  output: string,
  tree: string,
  hasModules: boolean,
  signal: AbortSignal,
): Promise<void> {
  await mkdir(tree)
  const inSource = script({ cwd: source, signal })
  await inSource`{
    echo Makefile
    find arch/x86 -maxdepth 1 -name 'Makefile*'
    find include arch/x86/include -type f -o -type l
    find scripts -type f -not -name '*.rst' -not -path 'scripts/kconfig/*' -not -path 'scripts/dtc/*' -not -path 'scripts/coccinelle/*' -not -path 'scripts/gdb/*'
    find scripts -type l
  } | tar -c -T - | tar -x -C ${tree}`
  const inOutput = script({ cwd: output, signal })
  await inOutput`{
    echo .config
    find include arch/x86/include -type f -not -name '.*.cmd'
    find scripts -type f '(' -perm -u+x -o -name '*.lds' ')' -not -path 'scripts/kconfig/*'
    find tools/objtool/objtool -type f 2>/dev/null || true
  } | tar -c -T - | tar -x -C ${tree}`
  // Without `make modules` the kernel's own symbols are all that exist.
  const symbols = hasModules ? 'Module.symvers' : 'vmlinux.symvers'
  await inOutput`if [ -e ${symbols} ]; then cp ${symbols} ${join(tree, 'Module.symvers')}; else cp Module.symvers ${tree}; fi`
}
