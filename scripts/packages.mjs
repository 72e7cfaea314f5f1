// Makes all packages of this platform in build/packages, of what `npm run build` has left, with their checksums and the list of what they hold
// (docs/packaging.md). Publishes nothing.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { binaryOf, versions } from './node-binaries.mjs'

const folder = 'build/packages'

/** The path that a script has printed. */
const made = (script, ...words) =>
  execFileSync(process.execPath, [script, ...words], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  }).trim()

rmSync(folder, { recursive: true, force: true })
made('scripts/packages/npm.mjs')
const executable = made('scripts/executable.mjs', ...process.argv.slice(2))
if (process.platform === 'linux' && process.arch === 'x64') made('scripts/packages/deb.mjs', executable)
const { node = binaryOf(versions[24]) } = parseArgs({ options: { node: { type: 'string' } } }).values
const nodeVersion = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim().slice(1)
made('scripts/packages/sbom.mjs', nodeVersion)

const sum = (name) =>
  createHash('sha256')
    .update(readFileSync(join(folder, name)))
    .digest('hex')
const names = readdirSync(folder).sort()
writeFileSync(join(folder, 'SHA256SUMS'), names.map((name) => `${sum(name)}  ${name}\n`).join(''))
console.log([...names, 'SHA256SUMS'].map((name) => join(folder, name)).join('\n'))
