import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { harnessError } from '../../platform/errors.js'
import { script } from '../../platform/process/script.js'
import { cpio, type CpioMember } from './cpio.js'
import { guestPath, MERGED_LINKS, PROGRAMS } from './guest-paths.js'
import { contentKey } from '../hash.js'
import { imagesFolder } from '../images.js'
import { librariesOf } from './libraries.js'
import { requireAgent } from './own-programs.js'
import { makeSshKeys } from './ssh-keys.js'
import { stored } from '../store.js'
import type { BuiltProgram, Initramfs, Work } from '../types.js'

/** Increment when these scripts make something else from the same input. */
const RECIPE = 4

/** A root file system with the suites' programs, the same for all kernels and projects. */
export interface Base extends Pick<Initramfs, 'privateKey' | 'hostKey'> {
  readonly file: string
  /** Equal ids mean equal bytes. */
  readonly id: string
}

/** @throws ModproveError `MISSING_GUEST_PROGRAM`, `AGENT_DOES_NOT_COMPILE` */
export async function requireBase(programs: readonly BuiltProgram[], work: Work): Promise<Base> {
  const members = await baseMembers(programs, work)
  const described = members.map(member => JSON.stringify({ ...member, data: undefined })).join('\n')
  const contents = members.filter(member => member.type === 'file')
  const key = contentKey({
    recipe: String(RECIPE),
    described,
    ...Object.fromEntries(contents.map(({ path, data }) => [path, data])),
  })
  const { folder, value: hostKey } = await stored(
    {
      kind: 'initramfs',
      key: `base-${key}`,
      title: "initramfs's base",
      hashed: ['base.cpio', 'id_rsa'],
      valueFrom: json => z.string().safeParse(json).data,
      make: async target => {
        const keys = makeSshKeys()
        const secret = [
          file('etc/dropbear/host_key', keys.hostPrivate, 0o600),
          file('root/.ssh/authorized_keys', `${keys.clientPublic}\n`, 0o600),
        ]
        await writeFile(join(target, 'base.cpio'), cpio([...members, ...secret]))
        await writeFile(join(target, 'id_rsa'), keys.clientPrivate, { mode: 0o600 })
        return keys.hostPublic
      },
    },
    work,
  )
  return {
    file: join(folder, 'base.cpio'),
    privateKey: join(folder, 'id_rsa'),
    hostKey,
    // A rebuilt base has new keys, so templates of the old base must not match.
    id: contentKey({ key, hostKey }),
  }
}

async function baseMembers(
  programs: readonly BuiltProgram[],
  work: Work,
): Promise<readonly CpioMember[]> {
  const busybox = await guestProgram('busybox', 'busybox-static')
  const dropbear = await guestProgram('dropbear', 'dropbear-bin')
  const { stdout } = await script()`${busybox} --list`
  const guest = (name: string) => readFile(join(imagesFolder, 'guest', name))
  const libraries = new Map([
    ...(await librariesOf(dropbear)),
    ...programs.flatMap(program => [...program.libraries]),
  ])
  return [
    device('dev/console', 0o600, 5, 1),
    file('init', await guest('init'), 0o755),
    file('etc/fstab', await guest('fstab')),
    file(
      'etc/passwd',
      'root:x:0:0:root:/root:/bin/agent\nnobody:x:65534:65534:nobody:/:/bin/false\n',
    ),
    file('etc/shells', '/bin/sh\n/bin/agent\n'),
    file('etc/group', 'root:x:0:\nnogroup:x:65534:\n'),
    file('bin/busybox', await readFile(busybox), 0o755),
    ...stdout
      .split('\n')
      .filter(applet => applet !== '' && applet !== 'busybox')
      .map(applet => link(`bin/${applet}`, 'busybox')),
    file('bin/dropbear', await readFile(dropbear), 0o755),
    file('bin/agent', await readFile(await requireAgent(work)), 0o755),
    ...(await executables(libraries)),
    ...(await executables(
      new Map(programs.map(({ name, file }) => [`${PROGRAMS}/${name}`, file])),
    )),
    ...['proc', 'sys', 'run', 'mnt'].map(path => folder(path, 0o755)),
    ...Object.entries(MERGED_LINKS).map(([path, target]) => link(path, target)),
    folder(PROGRAMS.slice(1), 0o755),
    folder('tmp', 0o1777),
    folder('root', 0o700),
    folder('root/.ssh', 0o700),
  ]
}

async function guestProgram(name: string, debianPackage: string): Promise<string> {
  const { stdout } = await script({
    env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
  })`command -v ${name}`.nothrow()
  const path = stdout.trim()
  const remedy = `sudo apt-get install ${debianPackage}`
  const missing = (what: string) => harnessError('MISSING_GUEST_PROGRAM', what, { remedy })
  if (path === '') throw missing(`The guest needs ${name}, which is not on this host`)
  if (name === 'busybox' && (await librariesOf(path)).size > 0)
    throw missing(`${path} needs shared libraries; the guest's may not`)
  return path
}

type FileMember = Extract<CpioMember, { type: 'file' }>

/** @param files path in the guest → executable file on this host */
const executables = (files: ReadonlyMap<string, string>): Promise<FileMember[]> =>
  Promise.all(
    [...files].map(async ([path, host]) =>
      file(guestPath(path.slice(1)), await readFile(host), 0o755),
    ),
  )

const file = (path: string, data: Uint8Array | string, mode = 0o644): FileMember => ({
  path,
  type: 'file',
  mode,
  data: Buffer.from(data),
})
const folder = (path: string, mode: number): CpioMember => ({ path, type: 'folder', mode })
const link = (path: string, target: string): CpioMember => ({ path, type: 'link', target })
const device = (path: string, mode: number, major: number, minor: number): CpioMember => ({
  path,
  type: 'device',
  mode,
  major,
  minor,
})
