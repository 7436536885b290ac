import { script } from '../../platform/process/script.js'

/**
 * Debian's archive: deb.debian.org is a CDN for all mirrors. `MODPROVE_MIRROR` names another host
 * that serves `/debian` and `/debian-security`.
 */
const DEFAULT_MIRROR = 'http://deb.debian.org'

/** Has the suites that mirrors have dropped. */
export const OLD_MIRROR = 'http://archive.debian.org'

/** From package debian-archive-keyring, on Ubuntu too. */
const DEBIAN_KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'

/** The archive's base address, without a trailing slash. */
export const mirror = (env: NodeJS.ProcessEnv = process.env): string =>
  (env['MODPROVE_MIRROR'] || DEFAULT_MIRROR).replace(/\/+$/, '')

/** The trusted keys: Debian's, or `MODPROVE_MIRROR_KEYRING` for a mirror that signs by itself. */
export const keyring = (): string => process.env['MODPROVE_MIRROR_KEYRING'] || DEBIAN_KEYRING

/** Whether the mirror is a snapshot with an old index: `MODPROVE_MIRROR_SNAPSHOT=1`. */
export const isSnapshot = (): boolean => process.env['MODPROVE_MIRROR_SNAPSHOT'] === '1'

/**
 * One line of sources.list(5): only this suite's package index, whatever else the host's apt
 * fetches.
 * @param root the address of `dists` and `pool`
 * @param isFrozen whether the suite is closed: its index is signed, but may be of any age
 */
export function sourcesList(
  suite: string,
  root: string,
  keyring: string,
  isFrozen = false,
): string {
  const age = isFrozen ? ' check-valid-until=no' : ''
  const options = `arch=amd64 lang=none target=Packages signed-by=${keyring}${age}`
  return `deb [${options}] ${root} ${suite} main\n`
}

const PROXY = /^Acquire::(\w+::)?(No-?)?Proxy\b.*;$/i

/** Returns the proxy settings of the host's apt, as lines of apt.conf(5). */
export async function hostProxies(): Promise<string> {
  const { stdout } = await script()`apt-config dump`.nothrow()
  return stdout
    .split('\n')
    .filter(line => PROXY.test(line))
    .map(line => `${line}\n`)
    .join('')
}

/**
 * apt.conf(5) for one suite with lists, packages and state in `folder`; through `APT_CONFIG`, apt
 * reads nothing else. The host's own could allow unsigned or expired indexes.
 * @param proxies the host's own
 */
export const aptConfiguration = (
  folder: string,
  proxies: string,
): string => `Dir::Etc::Main "/dev/null";
Dir::Etc::Parts "/dev/null";
Dir::Etc::SourceList "${folder}/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State "${folder}/state";
Dir::State::Lists "${folder}/lists";
Dir::State::Status "${folder}/status";
Dir::Cache "${folder}/cache";
Dir::Log "${folder}/log";
Acquire::Languages "none";
Acquire::Retries "1";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
// Otherwise apt only warns when the archive does not answer, and keeps an old index.
APT::Update::Error-Mode "any";
// As root apt would fetch as user _apt, who may not write here.
APT::Sandbox::User "root";
${proxies}`
