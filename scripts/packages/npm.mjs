// Makes build/packages/gitlab-trigger-VERSION.tgz, which is what `npm publish` is given (docs/packaging.md): as `npm pack` does, but of a copy, of the
// build that is there.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { npm } from '../npm.mjs'

const copy = resolve('build/npm')
const packages = resolve('build/packages')

rmSync(copy, { recursive: true, force: true })
mkdirSync(packages, { recursive: true })
for (const name of ['bin', 'dist', 'scripts', 'CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'])
  cpSync(name, join(copy, name), { recursive: true })
execFileSync(process.execPath, ['scripts/manifest.mjs', 'without-dependencies'], { cwd: copy })
const line = ['pack', '--silent', '--ignore-scripts', '--pack-destination', packages]
const name = npm(line, { cwd: copy }).trim()
rmSync(copy, { recursive: true })
console.log(join(packages, name))
