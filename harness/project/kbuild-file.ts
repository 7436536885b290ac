import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Whether Kbuild builds a module from a folder: its makefile has `obj-m`. */
export async function hasKbuildFile(folder: string): Promise<boolean> {
  const texts = ['Kbuild', 'Makefile'].map(name => readFile(join(folder, name), 'utf8'))
  return (await Promise.allSettled(texts)).some(
    read => read.status === 'fulfilled' && /^[^#]*\bobj-(?:m|\$\()/m.test(read.value),
  )
}
