import tseslint from 'typescript-eslint'

const TESTS = ['**/*.test.ts', '**/*.fixture.ts', '**/*.suite.ts']

/** What TypeScript has besides JavaScript's and Node's own names. */
const TYPES_OF_TYPESCRIPT =
  'Awaited Exclude Extract NonNullable Omit Parameters Partial Pick Readonly Record Required'
const BUILT_IN = [
  ...Object.getOwnPropertyNames(globalThis).filter(name => /^[A-Z]/.test(name)),
  ...TYPES_OF_TYPESCRIPT.split(' '),
].join('|')

const SEARCHES = '/^(startsWith|endsWith|includes|indexOf|match|matchAll|search|split)$/'
const DECISIONS = [
  `CallExpression[callee.property.name=${SEARCHES}] > MemberExpression.callee`,
  'CallExpression[callee.property.name=/^(test|exec)$/]',
  'BinaryExpression[operator=/^[!=]==$/]',
  'SwitchStatement',
]
/** Between a decision and what it decides by: `(a?.message ?? '')` has all of the last. */
const WRAPPINGS = [
  '',
  '> ChainExpression',
  '> LogicalExpression',
  '> LogicalExpression > ChainExpression',
]
const DECIDED_BY_WORDS = DECISIONS.flatMap(decision =>
  WRAPPINGS.map(wrapping => {
    const words = ":matches(MemberExpression[property.name='message'], Identifier[name='message'])"
    return `${decision} ${wrapping} > ${words}`
  }),
)

const RESTRICTED = [
  {
    selector: DECIDED_BY_WORDS.join(),
    message:
      'A message is for people. Decide by a value: the `kind` of a Problem, the `code` of an error.',
  },
  {
    selector: [
      "BinaryExpression[left.property.name='length'][right.raw=/^[1-9]/]",
      ':matches([left.object.name=/problems$/i], [left.object.property.name=/problems$/i])',
    ].join(''),
    message: 'How many problems there are says nothing: decide by their `kind`.',
  },
  {
    selector: `:matches(ClassDeclaration, ClassExpression, FunctionDeclaration, TSEnumDeclaration, TSInterfaceDeclaration, TSTypeAliasDeclaration)[id.name=/^(${BUILT_IN})$/]`,
    message: 'This name is built in: choose another, which says more.',
  },
  {
    selector:
      'CallExpression[callee.property.name=/^(map|flatMap)$/] > Identifier.arguments[name=/^(escapeTerminal|clip|oneLine)$/]',
    message: 'Write text => …: map passes the index, which would be the limit.',
  },
]

const OWN_PLACE = {
  selector: "NewExpression[callee.name='URL'] MetaProperty",
  message:
    'What runs is compiled elsewhere: name files from packageRoot, code by compile/entry.js.',
}

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
    files: ['harness/**/*.{ts,tsx}'],
    ignores: TESTS,
    rules: { 'no-restricted-syntax': ['error', ...RESTRICTED] },
  },
  {
    files: ['harness/**/*.{ts,tsx}'],
    ignores: [...TESTS, 'harness/platform/files/package-root.ts', 'harness/compile/*'],
    rules: { 'no-restricted-syntax': ['error', ...RESTRICTED, OWN_PLACE] },
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
