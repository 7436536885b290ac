import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const DAY_MS = 24 * 3_600_000
const sha256 = (data: Buffer): string => createHash('sha256').update(data).digest('hex')

/** The signing key: one in the keyring, one that has expired, one that is not in the keyring. */
type SignerName = 'archive' | 'expired' | 'stranger'

export interface Publication {
  readonly by?: SignerName
  /** Default: an hour ago. */
  readonly date?: Date
  /** Default: in a week. */
  readonly validUntil?: Date
  /** Path prefix on this host. */
  readonly below?: string
  /** Changes the signed file after it was signed. */
  readonly alter?: (inRelease: string) => string
}

export interface PublishedDeb {
  readonly name: string
  readonly version: string
  readonly deb: Buffer
  readonly depends?: string
}

/** A mirror of Debian's archive on this host with its own keys and tiny kernel source packages. */
export class SignedMirror implements AsyncDisposable {
  /** Its keys, for apt's `signed-by`. */
  readonly keyring: string
  /** Requested paths. */
  readonly asked: string[] = []
  readonly #files = new Map<string, Buffer>()
  readonly #folder: string
  readonly #server: Server

  private constructor(folder: string, server: Server) {
    this.#folder = folder
    this.#server = server
    this.keyring = join(folder, 'keyring.gpg')
  }

  static async make(): Promise<SignedMirror> {
    // gpg-agent's socket must fit into sun_path.
    const folder = await mkdtemp(join(tmpdir(), 'mp-mirror-'))
    const server = createServer((request, response) => {
      // A proxy receives absolute addresses.
      const path = decodeURIComponent(new URL(request.url ?? '', 'http://mirror').pathname)
      mirror.asked.push(path)
      const file = mirror.#files.get(path)
      if (file === undefined) response.writeHead(404).end()
      else response.writeHead(200, { 'content-length': file.length }).end(file)
    })
    const mirror = new SignedMirror(folder, server)
    await mkdir(mirror.#home, { mode: 0o700 })
    for (const name of ['archive', 'stranger'])
      await mirror.#gpg('--quick-generate-key', `${name}@localhost`, 'ed25519', 'sign')
    const lastYear = ['--faked-system-time', '20240101T000000']
    await mirror.#gpg(
      ...lastYear,
      '--quick-generate-key',
      'expired@localhost',
      'ed25519',
      'sign',
      '1y',
    )
    const known = ['archive@localhost', 'expired@localhost']
    await mirror.#gpg('--export', '--output', mirror.keyring, ...known)
    // Listed again, because an archive's key can expire after users imported it.
    const listed = await mirror.#gpg('--with-colons', '--list-keys', 'expired@localhost')
    const fingerprint = /^fpr:+(\w+):/m.exec(listed)?.[1] ?? ''
    await mirror.#gpg('--quick-set-expire', fingerprint, '0')
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return mirror
  }

  /** The public key of a signer, as a keyring has it. */
  async keysOf(by: SignerName): Promise<Buffer> {
    const file = join(this.#folder, `${by}.gpg`)
    await this.#gpg('--export', '--output', file, `${by}@localhost`)
    return readFile(file)
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Publishes a suite with versions of one kernel's source package. */
  async publish(
    suite: string,
    versions: readonly string[],
    publication: Publication = {},
    series = '6.1',
  ): Promise<void> {
    const name = `linux-source-${series}`
    const debs = versions.map(version => ({
      name,
      version,
      deb: Buffer.from(`${name} ${version}\n`),
    }))
    await this.publishDebs(suite, debs, publication)
  }

  /** Publishes a suite with these packages. */
  async publishDebs(
    suite: string,
    debs: readonly PublishedDeb[],
    { by = 'archive', date, validUntil, below = '', alter = text => text }: Publication = {},
  ): Promise<void> {
    const root = `${below}${suite.endsWith('-security') ? '/debian-security' : '/debian'}`
    const entries = debs.map(({ name, version, deb, depends }) => {
      const pool = `pool/${name}_${version}_all.deb`
      this.#files.set(`${root}/${pool}`, deb)
      const needs = depends === undefined ? '' : `Depends: ${depends}\n`
      return `Package: ${name}\nVersion: ${version}\nArchitecture: all\n${needs}Filename: ${pool}\nSize: ${deb.length}\nSHA256: ${sha256(deb)}\n`
    })
    const packages = Buffer.from(entries.join('\n'))
    this.#files.set(`${root}/dists/${suite}/main/binary-amd64/Packages`, packages)
    const release = [
      ...['Origin: Debian', `Suite: ${suite}`, `Codename: ${suite}`],
      `Date: ${(date ?? new Date(Date.now() - 3_600_000)).toUTCString()}`,
      `Valid-Until: ${(validUntil ?? new Date(Date.now() + 7 * DAY_MS)).toUTCString()}`,
      ...['Architectures: all amd64', 'Components: main', 'SHA256:'],
      ` ${sha256(packages)} ${packages.length} main/binary-amd64/Packages`,
    ]
    const file = join(this.#folder, 'Release')
    await writeFile(file, `${release.join('\n')}\n`)
    await this.#gpg('-u', `${by}@localhost`, '--clearsign', '--output', `${file}.asc`, file)
    const signed = alter(await readFile(`${file}.asc`, 'utf8'))
    this.#files.set(`${root}/dists/${suite}/InRelease`, Buffer.from(signed))
  }

  /** Changes or removes the files whose paths contain `part`. */
  change(part: string, content?: Buffer): void {
    for (const path of this.#files.keys()) {
      if (!path.includes(part)) continue
      if (content === undefined) this.#files.delete(path)
      else this.#files.set(path, content)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
    await run('gpgconf', ['--homedir', this.#home, '--kill', 'all'])
    await rm(this.#folder, { recursive: true, force: true })
  }

  get #home(): string {
    return join(this.#folder, 'gpg')
  }

  /** @returns its output */
  readonly #gpg = async (...args: string[]): Promise<string> => {
    const options = ['--homedir', this.#home, '--batch', '--yes', '--passphrase', '']
    return (await run('gpg', [...options, ...args])).stdout
  }
}
