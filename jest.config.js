/** Which files each tier runs; `npm test` is the quick one. How many cases a property gets is in __tests__/helpers/property.ts. */
const tiers = {
  test: ['test', 'property'],
  deep: ['deep', 'property'],
  night: ['test', 'property', 'deep', 'night'],
}

/** @type {import('jest').Config} */
export default {
  testMatch: tiers[process.env.TIER ?? 'test'].map((kind) => `<rootDir>/__tests__/**/*.${kind}.ts`),
  extensionsToTreatAsEsm: ['.ts'],
  globalSetup: '<rootDir>/scripts/jest/setup.mjs',
  globalTeardown: '<rootDir>/scripts/jest/teardown.mjs',
  transform: {
    '/src/.+\\.ts$': '<rootDir>/scripts/jest/source.mjs',
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  testEnvironment: '<rootDir>/scripts/jest/environment.mjs',
  // Jest takes one on a machine of two cores, and the time of CI is limited. What runs a real cron or terminal mostly waits.
  maxWorkers: 2,
  // A busy machine is no failure; what hangs ends here.
  testTimeout: 180_000,
  reporters: ['default', '<rootDir>/scripts/closing-line.mjs'],
}
