import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A program that stands in for QEMU: lines of sh(1). */
export async function fakeQemu(t: { testdir(): string }, script: string): Promise<string> {
  const path = join(t.testdir(), 'qemu')
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o755)
  return path
}
