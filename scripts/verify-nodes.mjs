// Runs a tier of the tests on other versions of Node: `node scripts/verify-nodes.mjs TIER [MAJOR...]`, by default on all that are supported.
import { spawnSync } from 'node:child_process'
import { binaryOf, versions } from './node-binaries.mjs'

const [tier = 'test', ...majors] = process.argv.slice(2)
const failed = []
for (const major of majors.length > 0 ? majors : Object.keys(versions)) {
  console.log(`\nNode ${versions[major]}`)
  const line = [
    '--max-semi-space-size=64',
    '--experimental-vm-modules',
    '--no-warnings',
    'node_modules/jest/bin/jest.js',
  ]
  const { status } = spawnSync(binaryOf(versions[major]), line, {
    stdio: 'inherit',
    env: { ...process.env, TIER: tier },
  })
  if (status !== 0) failed.push(major)
}
if (failed.length > 0) console.log(`failed on Node ${failed.join(', ')}`)
process.exitCode = failed.length > 0 ? 1 : 0
