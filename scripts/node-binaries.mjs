// Node's binaries of other versions. npm has them in one package for each platform; they are fetched when one is asked for by its version, and
// kept in node_modules/.cache.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { npm } from './npm.mjs'

/** The versions that are tried, by their major number. */
export const versions = { 20: '20.20.2', 22: '22.23.5', 24: '24.22.3', 26: '26.12.1' }

/** The path of a file of a package of this version, which is fetched if it is not there yet. */
export function fromPackage(name, version, path) {
  const folder = resolve('node_modules/.cache/nodes', version)
  const file = join(folder, 'node_modules', name, path)
  if (!existsSync(file)) {
    const line = ['install', '--prefix', folder, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund']
    npm([...line, '--silent', `${name}@${version}`], { stdio: ['ignore', 'ignore', 'inherit'] })
  }
  return file
}

/** The path of the binary of a version of Node for this platform. */
export const binaryOf = (version) =>
  fromPackage(`node-${process.platform}-${process.arch}`, version, 'bin/node')
