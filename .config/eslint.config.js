import tseslint from 'typescript-eslint'

/**
 * Imports point one way: cli → mutants, bisect, nightly → run → history → record, and run → build, vm, guest, verdict,
 * coverage; report sees only events and records; suites see only suite.ts.
 */
const top = ['cli', 'mutants', 'bisect', 'nightly', 'bench', 'watch', 'chaos', 'fuzz', 'soak']
const machinery = ['run', 'build', 'vm', 'guest', 'verdict', 'coverage', 'process', 'tap']
const without = (all, ...allowed) => all.filter(name => !allowed.includes(name))
const layers = {
  process: [...top, 'report', 'history', 'record', ...without(machinery, 'process')],
  tap: [...top, 'report', 'history', 'record', ...without(machinery, 'tap')],
  coverage: [...top, 'report', 'history', 'record', ...without(machinery, 'coverage', 'process')],
  verdict: [
    ...top,
    'report',
    'history',
    'record',
    ...without(machinery, 'verdict', 'coverage', 'process'),
  ],
  build: [
    ...top,
    'report',
    'history',
    'record',
    ...without(machinery, 'build', 'coverage', 'process'),
  ],
  vm: [...top, 'report', 'history', 'record', ...without(machinery, 'vm', 'process', 'coverage')],
  guest: [
    ...top,
    'report',
    'history',
    'record',
    ...without(machinery, 'guest', 'process', 'coverage'),
  ],
  record: [...top, 'report', 'history', ...machinery],
  history: [...top, 'report', ...machinery],
  report: [...top, ...machinery],
  run: [...top, 'report'],
  bench: [...without(top, 'bench'), 'report'],
  watch: [...without(top, 'watch'), 'report'],
  fuzz: [...without(top, 'fuzz'), 'report', 'history', 'record', 'run', 'build'],
  chaos: [...without(top, 'chaos'), 'report', ...without(machinery, 'process', 'build')],
  soak: [...without(top, 'soak'), 'report', ...machinery],
  mutants: [...without(top, 'mutants'), 'report', 'guest'],
  bisect: [...without(top, 'bisect'), 'report', 'guest', 'history'],
  nightly: [...without(top, 'nightly'), 'vm', 'guest', 'verdict'],
}

export default tseslint.config(
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: {
          allowDefaultProject: ['.config/eslint.config.js', 'harness/cli/modprove.js'],
        },
        tsconfigRootDir: new URL('..', import.meta.url).pathname,
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      eqeqeq: 'error',
      'no-empty': 'error',
    },
  },
  {
    files: ['**/*.test.ts'],
    rules: {
      // node-tap runs subtests in order whether they are awaited or not, and wants a promise of each.
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafePromises: [
            { from: 'package', package: '@tapjs/core', name: 'PromiseWithSubtest' },
          ],
        },
      ],
      '@typescript-eslint/require-await': 'off',
    },
  },
  ...Object.entries(layers).map(([folder, forbidden]) => ({
    files: [`harness/${folder}/**/*.{ts,tsx}`],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: forbidden.map(other => ({
            regex: `^\\.\\./${other}/`,
            message: `${folder}/ does not import ${other}/: imports point one way (README, "The house").`,
          })),
        },
      ],
    },
  })),
  {
    files: ['suites/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(\\.\\./)+harness/(?!suite\\.js$)',
              message: 'Suites import harness/suite.js and nothing else of the harness.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['harness/**/*.ts'],
    ignores: ['**/*.test.ts', '**/*.fixture.ts', 'harness/platform/paths.ts', 'harness/compile/*'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "NewExpression[callee.name='URL'] MetaProperty",
          message:
            'What runs is compiled elsewhere: name files from checkoutRoot, code by compile/entry.js.',
        },
      ],
    },
  },
  {
    files: ['harness/cli/options/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^\\.\\./\\.\\./(?!.*-names\\.js$)',
              allowTypeImports: true,
              message: 'Help must be quick: what a command does is imported by what `load` loads.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['harness/selftest/chaos/suites/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^\\.\\./\\.\\./(?!suite\\.js$)',
              message: 'Suites import harness/suite.js and nothing else of the harness.',
            },
          ],
        },
      ],
    },
  },
  { files: ['**/*.js'], ...tseslint.configs.disableTypeChecked },
)
