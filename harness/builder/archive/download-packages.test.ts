import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { script } from '../../platform/process/script.js'
import { silent } from '../../platform/terminal/progress.js'
import { downloadPackages } from './download-packages.js'
import { debianSite } from './site.js'

t.test('a package that is gone is looked for in a new index of its own archive', async t => {
  const folder = t.testdir()
  const apt = join(folder, 'apt-get')
  await writeFile(apt, "#!/bin/sh\necho 'E: Failed to fetch x  404  Not Found' >&2; exit 100\n")
  await chmod(apt, 0o755)
  const suite = {
    $: script({ env: { PATH: `${folder}:${process.env['PATH'] ?? ''}` } }),
    suite: 'noble',
    folder: '/cache/archive/ubuntu-noble',
    host: 'http://mirror',
    site: debianSite(),
  }
  const wanted = { packages: ['x=1'], title: 'x', folder }
  const work = { signal: new AbortController().signal, progress: silent }
  await t.rejects(downloadPackages(wanted, suite, work), {
    code: 'DOWNLOAD_FAILED',
    message: 'http://mirror has x no more (noble)',
    remedy: /rm -r \/cache\/archive\/ubuntu-noble$/,
  })
})
