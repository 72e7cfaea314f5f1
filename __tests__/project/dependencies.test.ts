import { readFileSync } from 'node:fs'
import { version } from '../../src/core/version.ts'

interface Manifest {
  version: string
  dependencies: Record<string, string>
}

interface Lock {
  packages: Record<string, { version?: string }>
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))
const manifest = readJson('package.json') as Manifest
const lock = readJson('package-lock.json') as Lock

test('the constant is the version in package.json', () => {
  expect(version).toBe(manifest.version)
})

test.each([
  ['commander', 14, '14.0.3'],
  ['undici', 7, '7.29.0'],
  ['chalk', 5, '5.6.2'],
  ['cosmiconfig', 9, '9.0.2'],
  ['form-data', 4, '4.0.6'],
  ['js-yaml', 4, '4.3.2'],
])('%s is of line %i and at least %s (T126)', (name, major, floor) => {
  const installed = lock.packages[`node_modules/${name}`]?.version ?? ''
  expect(Number(installed.split('.')[0])).toBe(major)
  expect(installed.localeCompare(floor, 'en', { numeric: true })).toBeGreaterThanOrEqual(0)
})
