import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { imagesFolder } from '../images.js'
import { loadDistributions, readDistributionWord } from './distributions.js'

void t.test('a distribution, one of its kernels, and a version', async t => {
  const usual = await readDistributionWord('bookworm')
  t.match(usual, { image: 'linux-image-amd64', name: /^bookworm$/ })
  t.strictSame(await readDistributionWord('bookworm/amd64'), usual)
  t.match(await readDistributionWord('trixie/cloud=6.12.118-1'), {
    image: 'linux-image-cloud-amd64',
    name: 'trixie/cloud',
    version: '6.12.118-1',
  })
})

void t.test('a distribution may be of another archive', async t => {
  const { distribution } = await readDistributionWord('noble')
  t.match(distribution.own, { name: 'ubuntu', keys: { package: 'ubuntu-keyring' } })
  const file = join(t.testdir(), 'kernels.json')
  const entry = { suites: ['a'], base: 'a', images: { generic: 'linux-image-generic' }, notes: 'a' }
  const kernels = { series: {}, distributions: { a: { ...entry, from: 'ubunto' } }, archives: {} }
  const { archives } = JSON.parse(await readFile(join(imagesFolder, 'kernels.json'), 'utf8')) as {
    archives: object
  }
  await writeFile(file, JSON.stringify({ ...kernels, archives }))
  await t.rejects(loadDistributions(file), {
    code: 'CONFIGURATION',
    message:
      /distributions\.a\.from should be one of "archives": ubuntu, got "ubunto" Did you mean "ubuntu"\?/,
  })
})

void t.test('what is not known is refused with what is', async t => {
  const refused = (word: string, remedy: RegExp) =>
    t.rejects(readDistributionWord(word), { code: 'UNKNOWN_KERNEL', exitCode: 2, remedy }, word)
  await refused('trixi', /Did you mean "trixie"\? Known: distro:bookworm, distro:trixie/)
  await refused('', /Known: distro:bookworm/)
  await refused('sid/clod', /Did you mean "cloud"\? It has distro:sid\/amd64, distro:sid\/cloud/)
})
