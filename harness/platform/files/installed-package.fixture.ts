import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { packageRoot } from './package-root.js'

const run = promisify(execFile)

/** The packages of this checkout. */
export const packages = join(packageRoot, 'node_modules')

/** Installs the package of this checkout in a folder, with what it says it needs. */
export async function installIn(root: string): Promise<string> {
  const [source, target] = [join(root, 'source'), join(root, 'node_modules')]
  await mkdir(target)
  for (const name of ['.config', 'harness', 'images', 'package.json', 'tsconfig.json'])
    await cp(join(packageRoot, name), join(source, name), { recursive: true })
  await symlink(packages, join(source, 'node_modules'))
  await run('npm', ['pack', '--offline', '--pack-destination', target], { cwd: source })
  await run('sh', ['-c', 'tar xzf *.tgz && mv package modprove'], { cwd: target })
  const installed = join(target, 'modprove')
  const text = await readFile(join(installed, 'package.json'), 'utf8')
  const { dependencies, peerDependencies } = JSON.parse(text) as Record<string, object>
  for (const name of Object.keys({ ...dependencies, ...peerDependencies })) {
    await mkdir(dirname(join(target, name)), { recursive: true })
    await symlink(join(packages, name), join(target, name))
  }
  return installed
}
