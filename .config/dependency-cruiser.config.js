import { readdirSync } from 'node:fs'

/** Rooms of harness/, each of which imports only those after it (harness/README.md). */
const ROOMS = [
  'cli',
  'commands',
  'selftest',
  'scheduler',
  'worker',
  'plan',
  'session',
  'basics',
  'suite-api',
  'builder',
  'report',
  'history',
  'record',
  'coverage',
  'vm',
  'guest',
  'verdict',
  'tap',
  'project',
  'compile',
  'platform',
  'contract',
]

// Also files that import nothing, and those that are no JavaScript.
for (const name of readdirSync(new URL('../harness', import.meta.url)))
  if (![...ROOMS, 'README.md'].includes(name))
    throw new Error(`harness/${name} is in no room: move it into one, or name it in ROOMS here`)

const TESTS = '\\.(?:test|fixture)\\.ts$'
const roomsOf = names => `^harness/(?:${names.join('|')})/`

const layers = ROOMS.slice(1).map((room, at) => ({
  name: `${room}-imports-downward`,
  comment: `${room}/ imports only the rooms below it: harness/README.md has their order.`,
  severity: 'error',
  from: { path: roomsOf([room]) },
  to: { path: roomsOf(ROOMS.slice(0, at + 1)) },
}))

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...layers,
    {
      name: 'no-circle',
      comment: 'No circles, of types neither: move what both need below both.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'reports-see-records',
      comment: 'A report tells what a record says, and knows nothing of machines.',
      severity: 'error',
      from: { path: '^harness/report/' },
      to: {
        path: '^harness/',
        pathNot: roomsOf(['report', 'history', 'record', 'platform', 'contract']),
      },
    },
    {
      name: 'suites-see-one-module',
      comment:
        "Suites import 'modprove', which is harness/suite-api/suite.ts, and nothing else of the harness. Tests of suites read them as a run does.",
      severity: 'error',
      from: {
        path: '^(?:suites|harness/basics|harness/selftest/chaos/suites)/',
        pathNot: '^suites/[^/]+\\.test\\.ts$',
      },
      to: {
        path: '^harness/',
        pathNot:
          '^harness/(?:suite-api/suite\\.ts$|contract/test-names\\.ts$|basics/|selftest/chaos/suites/)',
      },
    },
    {
      name: 'harness-sees-no-suite',
      comment: 'The harness knows nothing of the module under test.',
      severity: 'error',
      from: { path: '^harness/' },
      to: { path: '^(?:suites|module)/' },
    },
    {
      name: 'no-raw-spawn',
      comment:
        'owned() starts processes, script() what a person would type. Plain JavaScript that runs before the packages are installed has neither; a suite of chaos does what no suite should. A test ends what it starts.',
      severity: 'error',
      from: {
        path: '^(?:harness|suites)/',
        pathNot: `^harness/(?:cli/setup\\.js|commands/host-checks\\.js|selftest/chaos/suites/)|${TESTS}`,
      },
      to: { path: '^(?:node:)?child_process$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-require',
      comment:
        'Import it: these rules do not see what is required. node-tap requires tap-parser itself, and an import would load a second copy; the others only ask where a package is.',
      severity: 'error',
      from: {
        path: '^(?:harness|suites)/',
        pathNot: `^harness/(?:worker/node-tap\\.ts|commands/host-checks\\.js|compile/bundle\\.js)$|${TESTS}`,
      },
      to: { path: '^(?:node:)?module$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'one-execa',
      comment:
        'owned() is the one user of execa; chaos also starts what nobody owns, to look for what a run leaves.',
      severity: 'error',
      from: {
        pathNot: '^harness/(?:platform/process/owned|selftest/chaos/shell-job)\\.ts$',
      },
      to: { path: '^node_modules/execa/' },
    },
    {
      name: 'one-script',
      comment: 'script() is the one user of zx: it owns what it starts. glob finds files.',
      severity: 'error',
      from: { pathNot: '^harness/platform/process/script\\.ts$' },
      to: { path: '^node_modules/zx/' },
    },
    {
      name: 'no-unlisted-package',
      comment: 'Packages are named in package.json.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'tests-alone-use-development-packages',
      comment: 'What runs for a user uses what is installed for him.',
      severity: 'error',
      from: { path: '^(?:harness|suites)/', pathNot: TESTS },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: '@types/' },
    },
    {
      name: 'resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
