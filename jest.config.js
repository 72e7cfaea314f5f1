import { frontDoorTests, spawningTests } from './scripts/jest/front-door.mjs'
import { sharedFiles } from './scripts/jest/package.mjs'

/** Test files by their ending. How many cases a property gets in each tier is in __tests__/helpers/property.ts. */
const ending = (...kinds) => kinds.map((kind) => `__tests__/**/*.${kind}.ts`)

/** Which files a run takes, by TIER. */
const tiers = {
  test: () => ending('test', 'property'),
  deep: () => ending('deep', 'property'),
  night: () => ending('test', 'property', 'deep', 'night'),
  // Against dist/ (scripts/jest/load.mjs): all that needs only what a user types, and a fifth of that for other versions of Node.
  bundle: () => frontDoorTests(),
  // Against the program that CLIENT names: all that starts a process of it.
  executable: () => spawningTests(),
  sample: () => [
    '__tests__/answers/answers*.test.ts',
    '__tests__/ci/ci*.test.ts',
    '__tests__/config/{files,show,trust}.test.ts',
    '__tests__/credentials/tokens.test.ts',
    '__tests__/http/{network,proxy,tls}.test.ts',
    '__tests__/logs/logs.test.ts',
    '__tests__/pipelines/{cancel,follow-faults,retry,wait}.test.ts',
    '__tests__/process/engine.test.ts',
    '__tests__/reports/run.test.ts',
    '__tests__/run/{input,once,trigger,variables,verify}.test.ts',
    '__tests__/tokens/{create-update-rotate,list}.test.ts',
  ],
}

/** @type {import('jest').Config} */
export default {
  testMatch: tiers[process.env.TIER ?? 'test']().map((path) => `<rootDir>/${path}`),
  extensionsToTreatAsEsm: ['.ts'],
  globalSetup: '<rootDir>/scripts/jest/setup.mjs',
  globalTeardown: '<rootDir>/scripts/jest/teardown.mjs',
  transform: {
    '/src/.+\\.ts$': '<rootDir>/scripts/jest/source.mjs',
    [`/node_modules/(${sharedFiles})$`]: '<rootDir>/scripts/jest/package.mjs',
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${sharedFiles})$)`],
  testEnvironment: '<rootDir>/scripts/jest/environment.mjs',
  testSequencer: '<rootDir>/scripts/jest/sequencer.mjs',
  // Jest takes one on a machine of two cores, and the time of CI is limited. What runs a real cron or a suspended process
  // mostly waits: in the deep tier two others use the cores in the meantime.
  maxWorkers: process.env.TIER === 'deep' ? 3 : 2,
  // A busy machine is no failure; what hangs ends here. At night one property takes fifty times as long as in the quick tier.
  testTimeout: process.env.TIER === 'night' ? 3_600_000 : 180_000,
  reporters: ['default', '<rootDir>/scripts/closing-line.mjs'],
}
