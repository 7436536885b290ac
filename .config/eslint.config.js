import tseslint from 'typescript-eslint'

export default tseslint.config(
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: {
          allowDefaultProject: ['.config/*', 'harness/cli/modprove.js'],
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
      // `using` is for what the end of its scope does.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreUsingDeclarations: true }],
      eqeqeq: 'error',
      'no-restricted-properties': [
        'error',
        {
          property: 'getBuiltinModule',
          message: 'Import it, so that the rules of imports see it.',
        },
      ],
      'no-empty': 'error',
      // Prettier breaks code, and leaves comments as they are.
      'max-len': ['error', { code: 2000, comments: 100, ignoreUrls: true }],
    },
  },
  {
    files: ['**/*.test.ts'],
    rules: {
      // node-tap runs subtests in order, awaited or not, and wants a promise of each.
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
  {
    files: ['harness/**/*.ts'],
    ignores: [
      '**/*.test.ts',
      '**/*.fixture.ts',
      'harness/platform/files/package-root.ts',
      'harness/compile/*',
    ],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "NewExpression[callee.name='URL'] MetaProperty",
          message:
            'What runs is compiled elsewhere: name files from packageRoot, code by compile/entry.js.',
        },
        {
          selector:
            'CallExpression[callee.property.name=/^(map|flatMap)$/] > Identifier.arguments[name=/^(escapeTerminal|clip|oneLine)$/]',
          message: 'Write text => …: map passes the index, which would be the limit.',
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
  { files: ['**/*.js'], ...tseslint.configs.disableTypeChecked },
)
