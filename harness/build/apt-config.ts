/**
 * Debian's archive. deb.debian.org is a content delivery network in front of all mirrors;
 * `MODPROVE_MIRROR` names another host that serves `/debian` and `/debian-security`.
 */
const DEFAULT_MIRROR = 'http://deb.debian.org'

/** From package debian-archive-keyring, on Ubuntu too. */
export const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'

/** The host part of the archive's address, without a slash at its end. */
export const mirror = (env: NodeJS.ProcessEnv = process.env): string =>
  (env['MODPROVE_MIRROR'] || DEFAULT_MIRROR).replace(/\/+$/, '')

/** One line of sources.list(5): this suite's package index alone, whatever else the host's apt would fetch. */
export function sourcesList(suite: string, host: string): string {
  const archive = suite.endsWith('-security') ? 'debian-security' : 'debian'
  return `deb [arch=amd64 lang=none target=Packages signed-by=${KEYRING}] ${host}/${archive} ${suite} main\n`
}

/**
 * apt.conf(5) for one suite whose lists, packages and state all lie in `folder`. Read after the host's own
 * configuration, of which it keeps what says how to reach the network (a proxy).
 */
export const aptConfiguration = (
  folder: string,
): string => `Dir::Etc::SourceList "${folder}/sources.list";
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
// Without it apt keeps an old index when the archive does not answer, and says so in a warning only.
APT::Update::Error-Mode "any";
// As root apt would fetch as user _apt, who may not write here.
APT::Sandbox::User "root";
// The host's hooks concern the host's own lists.
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
`
