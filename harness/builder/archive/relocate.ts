import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { script } from '../../platform/process/script.js'

/** Older packages of Debian are made for a /lib of its own. */
const LIBRARIES = ['usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu']
const LOADER = 'ld-linux-x86-64.so.2'

/**
 * Makes unpacked packages work where they lie: programs with the C library beside them, which may
 * be newer than the host's, and makefiles that include others by their path.
 * @param folder that holds their `root`
 * @param home where the folder will be
 */
export async function relocate(folder: string, home: string, signal: AbortSignal): Promise<void> {
  const root = join(folder, 'root')
  const moved = join(home, 'root')
  const $ = script({ cwd: root, signal })
  const [merged = '', split = ''] = LIBRARIES
  const library = await access(join(root, merged, LOADER)).then(
    () => merged,
    () => split,
  )
  const loader = join(moved, library, LOADER)
  const libraries = LIBRARIES.map(path => join(moved, path)).join(':')
  // What has no interpreter is no program: a script, or a shared library.
  await $`find usr -type f -perm -u+x -not -path ${`${merged}/*`} | while read -r file; do
    if patchelf --print-interpreter "$file" >/dev/null 2>&1; then
      patchelf --set-interpreter ${loader} --force-rpath --set-rpath ${libraries} "$file"
    fi
  done`
  await $`find usr/src -name Makefile -maxdepth 2 -exec sed -i ${`s,/usr/src/,${moved}/usr/src/,g`} {} + || [ ! -e usr/src ]`
}
