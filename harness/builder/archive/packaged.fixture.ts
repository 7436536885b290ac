import { execFile } from 'node:child_process'
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { PublishedDeb } from './signed-mirror.fixture.js'

const run = promisify(execFile)

/**
 * Makes a Debian package.
 *
 * @param base the folder that it is made in
 * @param files contents by path; `-> target` is a link
 */
export async function packaged(
  base: string,
  name: string,
  files: Readonly<Record<string, string | Buffer>>,
  depends?: string,
  version = '1.0-1',
): Promise<PublishedDeb> {
  const folder = join(base, name)
  const control = `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: a\nDescription: a\n`
  for (const [path, text] of Object.entries({ ...files, 'DEBIAN/control': control })) {
    const file = join(folder, path)
    await mkdir(dirname(file), { recursive: true })
    if (typeof text === 'string' && text.startsWith('-> ')) await symlink(text.slice(3), file)
    else {
      await writeFile(file, text)
      // Whatever the umask is.
      await chmod(file, /bin\/|\/ld-linux/.test(path) ? 0o755 : 0o644)
    }
  }
  await run('dpkg-deb', ['--build', '--root-owner-group', folder, `${folder}.deb`])
  const deb = await readFile(`${folder}.deb`)
  return { name, version, deb, ...(depends === undefined ? {} : { depends }) }
}
