import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { rangesOfNone, requireKnownNames, requireKnownSuites } from './known-names.js'

/** `depth` is of module_param_cb(), and has no type in `.modinfo`. */
const SOURCE = `
static const char type[] __attribute__((section(".modinfo"), used, aligned(1))) = "parmtype=size:int";
static const char __param_str_size[] __attribute__((used)) = "size";
static const char __param_str_depth[] __attribute__((used)) = "depth";
`
const CONFIG = `{
  "parameters": {
    "usr": {}, "ring": { "sise": 4, "zzzzzz": 1 }
  }
}
`

t.test('parameters and expected failures are of modules that are built', async t => {
  const root = t.testdir({ 'a.c': SOURCE, 'modprove.config.json': CONFIG })
  const ko = join(root, 'ring.ko')
  execFileSync('gcc', ['-c', '-o', ko, join(root, 'a.c')])
  const modules = [{ name: 'ring', ko }, { name: 'i2c_stub' }]
  const configFile = join(root, 'modprove.config.json')
  const required = (
    parameters: Parameters<typeof requireKnownNames>[0]['parameters'],
    module = 'ring',
  ) => {
    const xfail = [{ what: 'load', module, reason: 'no' }] as const
    return requireKnownNames({ configFile, parameters, xfail }, xfail, modules)
  }
  await required({ ring: { size: 4, depth: 1, dyndbg: '+p' }, i2c_stub: { chip_addr: 5 } })
  await t.rejects(required({ usr: {}, ring: { sise: 4, zzzzzz: 1 } }, 'rng'), {
    code: 'CONFIGURATION',
    exitCode: 2,
    detail: [
      'modprove.config.json:3: parameters.usr: no module usr is built. There are ring, i2c_stub',
      'modprove.config.json:3: parameters.ring.sise: ring has no such parameter. Did you mean "size"? There are size, depth',
      'modprove.config.json:3: parameters.ring.zzzzzz: ring has no such parameter. There are size, depth',
      'modprove.config.json: xfail[0].module: no module rng is built. Did you mean "ring"? There are ring, i2c_stub',
    ].join('\n'),
    remedy: `Correct ${configFile}`,
  })
})

t.test('expected failures are of suites that are there', async t => {
  const text = '{\n  "xfail": [{ "what": "test", "name": "rinng: it holds" }]\n}\n'
  const configFile = join(t.testdir({ 'modprove.config.json': text }), 'modprove.config.json')
  const required = (name: string) => {
    const xfail = [{ what: 'test', name, reason: 'no' }] as const
    return requireKnownSuites({ configFile, xfail }, ['basics', 'ring'])
  }
  await required('ring: it holds')
  await t.rejects(required('rinng: it holds'), {
    code: 'CONFIGURATION',
    exitCode: 2,
    detail:
      'modprove.config.json:2: xfail[0].name: no suite is named rinng. Did you mean "ring"? There are basics, ring',
  })
})

t.test('a range of expected failures that no series is of is told with its line', async t => {
  const entry = (kernels: string) => ({ what: 'build', kernels, reason: 'no' }) as const
  const xfail = [entry('..6.1'), entry('7.9..'), entry('6.12')]
  const text = JSON.stringify({ xfail }, null, 1)
  const configFile = join(t.testdir({ 'modprove.config.json': text }), 'modprove.config.json')
  t.strictSame(await rangesOfNone({ configFile, xfail }, ['6.1', '6.12']), [
    'modprove.config.json:10: xfail[1].kernels: no series that is built here is of 7.9.. (6.1, 6.12): it is for other kernels alone',
  ])
})
