import js from '@eslint/js'
import globals from 'globals'
import tseslint from 'typescript-eslint'

const world = 'The world comes in as a Context; only src/platform touches the process.'
const onlyInWorld = [
  ...['process', 'console', 'fetch', 'setTimeout', 'setInterval', 'setImmediate'].map((name) => ({
    name,
    message: world,
  })),
]

export default tseslint.config(
  { ignores: ['.stryker-tmp', 'build', 'dist', 'coverage', 'node_modules'] },
  js.configs.recommended,
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: { globals: globals.node },
    rules: { 'no-control-regex': 'off' },
  },
  {
    files: ['bin/*.js'],
    languageOptions: { sourceType: 'commonjs', ecmaVersion: 2020 },
  },
  {
    // Any Node must be able to parse it, to say which Node is needed.
    files: ['bin/gitlab-trigger.js'],
    languageOptions: { ecmaVersion: 5 },
    rules: { 'no-var': 'off' },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: ['./tsconfig.json', './__tests__/tsconfig.json'] } },
    rules: {
      eqeqeq: 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'no-control-regex': 'off',
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/platform/**'],
    rules: {
      'no-restricted-globals': ['error', ...onlyInWorld],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: world },
        { object: 'Math', property: 'random', message: world },
        { object: 'globalThis', property: 'fetch', message: world },
      ],
      'no-restricted-imports': [
        'error',
        {
          paths: [
            'process',
            'node:process',
            'timers',
            'node:timers',
            'node:timers/promises',
            'console',
            'node:console',
          ].map((name) => ({ name, message: world })),
        },
      ],
    },
  },
  {
    files: ['src/sandbox/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...onlyInWorld.filter(({ name }) => !name.startsWith('set'))],
    },
  },
  {
    files: ['__tests__/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-restricted-properties': [
        'error',
        {
          object: 'fc',
          property: 'assert',
          message: 'Use holds() of helpers/property.ts: its seed is fixed.',
        },
      ],
    },
  },
  {
    files: ['__tests__/helpers/property.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
)
