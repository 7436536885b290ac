import tseslint from 'typescript-eslint'

/** Imports point one way: cli → mutants → run → build, vm, guest, verdict; report sees only events; suites see only suite.ts. */
const layers = {
  process: ['cli', 'mutants', 'bisect', 'run', 'build', 'vm', 'guest', 'verdict', 'report'],
  coverage: ['cli', 'mutants', 'bisect', 'run', 'build', 'vm', 'guest', 'verdict', 'report'],
  verdict: ['cli', 'mutants', 'bisect', 'run', 'build', 'vm', 'guest', 'report'],
  build: ['cli', 'mutants', 'bisect', 'run', 'vm', 'guest', 'verdict', 'report'],
  vm: ['cli', 'mutants', 'bisect', 'run', 'build', 'guest', 'verdict', 'report'],
  guest: ['cli', 'mutants', 'bisect', 'run', 'build', 'vm', 'verdict', 'report'],
  record: [
    'cli',
    'mutants',
    'bisect',
    'run',
    'build',
    'vm',
    'guest',
    'verdict',
    'report',
    'history',
    'coverage',
  ],
  history: [
    'cli',
    'mutants',
    'bisect',
    'run',
    'build',
    'vm',
    'guest',
    'verdict',
    'report',
    'coverage',
  ],
  report: [
    'cli',
    'mutants',
    'bisect',
    'run',
    'build',
    'vm',
    'guest',
    'verdict',
    'coverage',
    'process',
  ],
  record: [
    'cli',
    'mutants',
    'bisect',
    'run',
    'build',
    'vm',
    'guest',
    'verdict',
    'coverage',
    'process',
    'report',
  ],
  run: ['cli', 'mutants', 'bisect', 'report', 'bench', 'watch'],
  bench: ['cli', 'mutants', 'bisect', 'report', 'watch'],
  watch: ['cli', 'mutants', 'bisect', 'report', 'bench'],
  mutants: ['cli', 'report', 'bench', 'watch', 'guest', 'bisect'],
  bisect: ['cli', 'mutants', 'report', 'bench', 'watch', 'guest', 'nightly', 'history'],
  nightly: ['cli', 'mutants', 'bisect', 'report', 'bench', 'watch', 'vm', 'guest', 'verdict'],
  history: ['cli', 'mutants', 'bisect', 'run', 'report', 'build', 'vm', 'guest', 'verdict'],
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
  { files: ['**/*.js'], ...tseslint.configs.disableTypeChecked },
)
