import { join } from 'node:path'
import t from 'tap'
import { loadFlavours, type KernelSource } from '../../builder/index.js'
import { silent } from '../../platform/terminal/progress.js'
import { readProject } from '../../project/project.js'
import { Ledger } from './ledger.js'
import { performRun } from './perform-run.js'

const ref = { kernel: '6.1', series: '6.1', release: '6.1.9', flavour: 'plain' }
const host = { qemu: 'QEMU 7.2', accelerator: 'tcg', node: 'v20', system: 'Debian', cores: 2 }
const request = {
  ...{ kernels: ['6.1'], flavours: ['plain'], suites: [], accelerator: 'tcg' as const },
  ...{ cold: true, coverage: false, bail: false, retries: 0, keep: false, slots: 1 },
}

void t.test(
  'what only the build of a column shows to be wrong use ends the run as such',
  async t => {
    const root = t.testdir({
      Kbuild: 'obj-m := a.o\n',
      'modprove.config.json': '{}',
      suites: { 'known-findings.json': '{' },
    })
    const project = await readProject(root)
    const [flavour] = await loadFlavours(project)
    if (flavour === undefined) throw new Error('there are flavours')
    const source = { name: 'linux', id: 'linux 1', series: '6.1' } as KernelSource
    const columns = [{ ...ref, id: '6.1.9-plain', source, flavour }]
    const jobs = [{ ...ref, id: '6.1.9-plain/a', suite: 'a' }]
    const ledger = await Ledger.begin(project, { request, jobs, host }, () => undefined)
    const suites = [{ name: 'a', file: join(root, 'a.suite.ts') }]
    const plan = { suites, columns, jobs, accelerator: 'tcg' as const, fit: 1, baseline: undefined }
    const { signal } = new AbortController()
    const context = { project, signal, progress: silent, report: () => undefined }
    const run = performRun(plan, request, ledger, context)
    await t.rejects(run, { code: 'CONFIGURATION', exitCode: 2, message: /known-findings\.json/ })
    t.match(ledger.counts, { miss: 1, error: 0 }, 'its jobs have not run')
  },
)

void t.test('a shard without jobs passes, and a run without tests is an error', async t => {
  const root = t.testdir({ Kbuild: 'obj-m := a.o\n', 'modprove.config.json': '{}' })
  const project = await readProject(root)
  const { signal } = new AbortController()
  const context = { project, signal, progress: silent, report: () => undefined }
  const perform = async (isEmptyShard: boolean) => {
    const ledger = await Ledger.begin(project, { request, jobs: [], host }, () => undefined)
    const nothing = { suites: [], columns: [], jobs: [], isEmptyShard }
    const plan = { ...nothing, accelerator: 'tcg' as const, fit: 1, baseline: undefined }
    return performRun(plan, request, ledger, context)
  }
  t.match(await perform(true), { exitCode: 0, counts: { miss: 0 } })
  await t.rejects(perform(false), { code: 'NO_TESTS', exitCode: 2 })
})
