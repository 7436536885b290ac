import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { loadKnownFindings } from './allow-list.js'
import { FindingReader, markKnownFindings, type Finding } from './index.js'

const entry = {
  kind: 'warning',
  title: '^WARNING in ring_',
  from: '6.9',
  to: '6.12',
  reason: 'why',
}

async function load(t: Test, text: string): ReturnType<typeof loadKnownFindings> {
  const folder = await mkdtemp(join(tmpdir(), 'known-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const file = join(folder, 'known.json')
  await writeFile(file, text)
  return loadKnownFindings(file)
}

function warning(): Finding {
  const reader = new FindingReader()
  const text = 'WARNING: CPU: 0 PID: 7 at ring.c:12 ring_push+0x5/0x20 [ring_test]'
  reader.push({ sequence: 1, timeUs: 1, level: 4, facility: 0, caller: 'T1', text })
  const [finding] = reader.end()
  if (finding === undefined) throw new Error('the reader did not find the warning')
  return finding
}

void t.test('a known false alarm is allowed with its reason, where the entry says', async t => {
  const finding = warning()
  const known = await load(t, JSON.stringify([{ ...entry, flavour: 'debug' }]))
  const allowed = (series: string, flavour: string): unknown =>
    markKnownFindings([finding], known, { series, flavour })
  t.strictSame(allowed('6.12', 'debug'), [{ finding, allowed: 'why' }])
  t.strictSame(allowed('6.9', 'debug'), [{ finding, allowed: 'why' }])
  t.strictSame(allowed('6.1', 'debug'), [{ finding, allowed: undefined }], '6.1 comes before 6.9')
  t.strictSame(allowed('7.0', 'debug'), [{ finding, allowed: undefined }])
  t.strictSame(allowed('6.12', 'plain'), [{ finding, allowed: undefined }])
  t.strictSame(
    markKnownFindings([{ ...finding, kind: 'bug' }], known, { series: '6.12', flavour: 'debug' })[0]
      ?.allowed,
    undefined,
  )
})

void t.test('a wrong entry is refused with its file and place', async t => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['{', /known\.json: it is not JSON/],
    ['{}', /it should be a list/],
    ['[[]]', /\[0\] should be an object/],
    [
      JSON.stringify([entry, { ...entry, reason: undefined }]),
      /\[1\]\.reason is missing: it should be some text/,
    ],
    [JSON.stringify([{ ...entry, reason: ' ' }]), /\[0\]\.reason should be some text, got " "/],
    [JSON.stringify([{ ...entry, from: '6' }]), /\[0\]\.from should be a kernel series/],
    [JSON.stringify([{ ...entry, title: '(' }]), /\[0\]\.title should be a regular expression/],
    [JSON.stringify([{ ...entry, flavor: 'x' }]), /flavor is unknown\. Did you mean "flavour"/],
  ]
  for (const [text, message] of wrong)
    await t.rejects(load(t, text), { code: 'CONFIGURATION', exitCode: 2, message })
})

void t.test('the list that is shipped is valid', async t => {
  const file = fileURLToPath(new URL('../../suites/known-findings.json', import.meta.url))
  t.ok((await loadKnownFindings(file)).every(({ reason }) => reason.length > 20))
})
