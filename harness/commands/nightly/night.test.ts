import t from 'tap'
import { ModproveError } from '../../platform/errors.js'
import { withNightlyLock, night, type NightParts } from './night.js'

/** A night whose parts only say that they were done; some of them do something else. */
function parts(own: Partial<NightParts> = {}) {
  const done: string[] = []
  const does = (name: string) => async () => void done.push(name)
  const whole: NightParts = {
    requireSpace: does('space'),
    refresh: does('refresh'),
    run: async begun => {
      begun('/record')
      done.push('run')
      return { exitCode: 0 }
    },
    writeReports: async folder => void done.push(`reports of ${folder}`),
    makeFaults: async folder => void done.push(`faults beside ${folder}`),
    proveGallery: async folder => void done.push(`gallery beside ${folder}`),
    proveHosts: async folder => void done.push(`hosts beside ${folder}`),
    fuzz: async folder => void done.push(`cases beside ${folder}`),
    prune: does('prune'),
    say: line => void done.push(line),
    ...own,
  }
  return { whole, done }
}

const fails = (message: string) => async () => {
  throw new Error(message)
}

t.test('a night runs, reports and tidies up, in this order', async t => {
  const { whole, done } = parts()
  t.equal(await night(whole), 0)
  t.strictSame(done, [
    'space',
    'refresh',
    'run',
    'reports of /record',
    'faults beside /record',
    'gallery beside /record',
    'hosts beside /record',
    'cases beside /record',
    'prune',
  ])
})

t.test('an unexpected fault result is reported, and no pass', async t => {
  const { whole, done } = parts({ makeFaults: fails('not as it should: panic') })
  t.equal(await night(whole), 3)
  t.match(
    done.join(),
    /not as it should: panic,gallery beside \/record,hosts beside \/record,cases beside \/record,prune/,
  )
})

t.test('a module of others that does not hold is reported, and no pass', async t => {
  const { whole, done } = parts({ proveGallery: fails('modules of the gallery') })
  t.equal(await night(whole), 3)
  t.match(done.join(), /modules of the gallery,hosts beside \/record,cases beside \/record,prune/)
})

t.test('a QEMU that does not run all suites is reported, and no pass', async t => {
  const { whole, done } = parts({ proveHosts: fails('a QEMU does not') })
  t.equal(await night(whole), 3)
  t.match(done.join(), /a QEMU does not,cases beside \/record,prune/)
})

t.test('a failed reader is reported, and no pass', async t => {
  const { whole, done } = parts({ fuzz: fails('a false pass') })
  t.equal(await night(whole), 3)
  t.match(done.join(), /a false pass,prune/)
})

t.test('without faults, the night only runs the suites', async t => {
  const { whole, done } = parts()
  const { requireSpace, refresh, run, writeReports, prune, say } = whole
  t.equal(await night({ requireSpace, refresh, run, writeReports, prune, say }), 0)
  t.strictSame(done, ['space', 'refresh', 'run', 'reports of /record', 'prune'])
})

t.test('the status is that of the run', async t => {
  for (const exitCode of [1, 3, 130]) {
    const { whole } = parts({ run: async () => ({ exitCode }) })
    t.equal(await night(whole), exitCode)
  }
})

t.test('nothing is run without space', async t => {
  const { whole, done } = parts({ requireSpace: fails('full') })
  await t.rejects(night(whole), { message: 'full' })
  t.strictSame(done, [])
})

t.test('a record is reported even if the run threw', async t => {
  const { whole, done } = parts({
    run: async begun => {
      begun('/record')
      throw new Error('no machine boots')
    },
  })
  await t.rejects(night(whole), { message: 'no machine boots' })
  t.strictSame(done, ['space', 'refresh', 'reports of /record'])
})

t.test('a failed report is reported, is no pass, and hides no failure', async t => {
  for (const [ofTheRun, ofTheNight] of [
    [0, 3],
    [1, 1],
  ] as const) {
    const run: NightParts['run'] = async begun => {
      begun('/record')
      return { exitCode: ofTheRun }
    }
    const { whole, done } = parts({ run, writeReports: fails('no report') })
    t.equal(await night(whole), ofTheNight)
    t.strictSame(done, [
      'space',
      'refresh',
      'no report',
      'faults beside /record',
      'gallery beside /record',
      'hosts beside /record',
      'cases beside /record',
      'prune',
    ])
  }
})

t.test('a second night reports the first, and exits', async t => {
  const before = process.env['MODPROVE_CACHE']
  process.env['MODPROVE_CACHE'] = t.testdir()
  t.teardown(() => {
    if (before === undefined) delete process.env['MODPROVE_CACHE']
    else process.env['MODPROVE_CACHE'] = before
  })
  const { signal } = new AbortController()
  await withNightlyLock(async () => {
    const second = withNightlyLock(async () => t.fail('it ran beside the first'), signal)
    await t.rejects(second, {
      code: 'NIGHTLY_RUNS',
      exitCode: 3,
      message: new RegExp(`process ${process.pid} \\(nightly since 2`),
    } satisfies Partial<Record<keyof ModproveError, unknown>>)
  }, signal)
  t.equal(await withNightlyLock(async () => 'the next one', signal), 'the next one')
})
