import { execFile } from 'node:child_process'
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { PublishedDeb } from './signed-mirror.fixture.js'

const run = promisify(execFile)

/**
 * Makes a Debian package, version 1.0-1.
 *
 * @param base the folder that it is made in
 * @param files text by path; `-> target` is a link
 */
export async function packaged(
  base: string,
  name: string,
  files: Readonly<Record<string, string>>,
  depends?: string,
): Promise<PublishedDeb> {
  const folder = join(base, name)
  const control = `Package: ${name}\nVersion: 1.0-1\nArchitecture: all\nMaintainer: a\nDescription: a\n`
  for (const [path, text] of Object.entries({ ...files, 'DEBIAN/control': control })) {
    const file = join(folder, path)
    await mkdir(dirname(file), { recursive: true })
    if (text.startsWith('-> ')) await symlink(text.slice(3), file)
    else await writeFile(file, text)
    if (/bin\//.test(path)) await chmod(file, 0o755)
  }
  await run('dpkg-deb', ['--build', '--root-owner-group', folder, `${folder}.deb`])
  const deb = await readFile(`${folder}.deb`)
  return { name, version: '1.0-1', deb, ...(depends === undefined ? {} : { depends }) }
}
