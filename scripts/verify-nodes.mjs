// Runs a tier of the tests on other versions of Node: `node scripts/verify-nodes.mjs TIER [MAJOR...]`, by default on all that are supported. npm has
// Node's binaries in one package for each platform; they are kept in node_modules/.cache.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** The versions that are tried, by their major number. */
const versions = { 20: '20.20.2', 22: '22.23.5', 24: '24.22.3', 26: '26.12.1' }

const name = `node-${process.platform}-${process.arch}`

/** The path of a version's binary, which is fetched if it is not there yet. */
function binaryOf(version) {
  const folder = resolve('node_modules/.cache/nodes', version)
  const binary = join(folder, 'node_modules', name, 'bin/node')
  if (!existsSync(binary)) {
    const line = [
      'install',
      '--prefix',
      folder,
      '--no-save',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--silent',
    ]
    execFileSync('npm', [...line, `${name}@${version}`], { stdio: 'inherit' })
  }
  return binary
}

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
