// Makes build/packages/gitlab-trigger_VERSION-1_amd64.deb of the single executable, with man pages and completions (docs/packaging.md):
// `node scripts/packages/deb.mjs EXECUTABLE`. The packager is DEBFULLNAME and DEBEMAIL, as for Debian's own tools.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { binaryOf, versions } from '../node-binaries.mjs'
import { releaseDate } from './release-date.mjs'

const [executable] = process.argv.slice(2)
const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
const version = `${manifest.version}-1`
const { DEBFULLNAME: name = 'unknown packager', DEBEMAIL: address = 'root@localhost.localdomain' } =
  process.env
const packager = `${name} <${address}>`
const root = resolve('build/deb')

/** Puts a file into the package. */
function put(path, content, mode = 0o644) {
  const file = join(root, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
  chmodSync(file, mode)
}

const small = (text) => gzipSync(text, { level: 9 })
const completion = (shell) => execFileSync(executable, ['completion', shell])
/** An indented text of a control file, in which a blank line is a dot. */
const indented = (text) =>
  text
    .trimEnd()
    .replace(/^[ \t]*$/gm, '.')
    .replace(/^/gm, ' ')

/** The licences of the program, of the packages in its bundle, and of Node with all that is in it. */
function copyright() {
  const node = dirname(dirname(binaryOf(versions[24])))
  const licence = (path) => indented(readFileSync(path, 'utf8'))
  return [
    'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/',
    `Upstream-Name: gitlab-trigger\n`,
    'Files: *',
    'Copyright: 2026 the authors of gitlab-trigger',
    `License: MIT\n${licence('LICENSE')}\n`,
    'Files: usr/bin/gitlab-trigger',
    'Copyright: the authors of the packages that are bundled, and of Node.js and what it holds',
    `License: bundled\n${licence('dist/licences.txt')}\n${licence(join(node, 'LICENSE'))}\n`,
  ].join('\n')
}

const home = manifest.homepage === undefined ? [] : [`Homepage: ${manifest.homepage}`]
const control = (installedSize) =>
  [
    'Package: gitlab-trigger',
    `Version: ${version}`,
    'Section: devel',
    'Priority: optional',
    'Architecture: amd64',
    'Depends: libc6 (>= 2.28), libgcc-s1 (>= 3.4), libstdc++6 (>= 9)',
    'Suggests: bash-completion, curl, git',
    `Maintainer: ${packager}`,
    ...home,
    `Installed-Size: ${installedSize}`,
    'Description: command line client for the pipeline triggers of GitLab CI',
    `${indented(manifest.description.replace(/(.{1,76})(\s|$)/g, '$1\n'))}\n`,
  ].join('\n')

rmSync(root, { recursive: true, force: true })
put('usr/bin/gitlab-trigger', readFileSync(executable), 0o755)
for (const page of readdirSync('dist/man'))
  put(`usr/share/man/man${/\.(\d)\.gz$/.exec(page)[1]}/${page}`, readFileSync(join('dist/man', page)))
put('usr/share/bash-completion/completions/gitlab-trigger', completion('bash'))
put('usr/share/zsh/vendor-completions/_gitlab-trigger', completion('zsh'))
put('usr/share/fish/vendor_completions.d/gitlab-trigger.fish', completion('fish'))
// Node comes with libraries of its own, and with their licences in full.
const overrides = ['copyright-file-contains-full-apache-2-license', 'embedded-library *']
put('usr/share/lintian/overrides/gitlab-trigger', overrides.map((tag) => `gitlab-trigger: ${tag}\n`).join(''))
const doc = 'usr/share/doc/gitlab-trigger'
put(`${doc}/copyright`, copyright())
put(`${doc}/changelog.gz`, small(readFileSync('CHANGELOG.md')))
const date = releaseDate(manifest.version).toUTCString().replace('GMT', '+0000')
const entry = `gitlab-trigger (${version}) unstable; urgency=medium\n\n  * Release ${manifest.version}; see changelog.gz.\n\n`
put(`${doc}/changelog.Debian.gz`, small(`${entry} -- ${packager}  ${date}\n`))

const files = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((each) => each.isFile())
  .map((each) => join(each.parentPath, each.name))
const sums = files.map((file) => {
  const content = readFileSync(file)
  return {
    bytes: content.length,
    line: `${createHash('md5').update(content).digest('hex')}  ${file.slice(root.length + 1)}`,
  }
})
put('DEBIAN/md5sums', sums.map(({ line }) => `${line}\n`).join(''))
put('DEBIAN/control', control(Math.ceil(sums.reduce((sum, { bytes }) => sum + bytes, 0) / 1024)))
for (const each of readdirSync(root, { recursive: true, withFileTypes: true }))
  if (each.isDirectory()) chmodSync(join(each.parentPath, each.name), 0o755)
chmodSync(root, 0o755)

const deb = resolve(`build/packages/gitlab-trigger_${version}_amd64.deb`)
// Any dpkg can read gzip.
execFileSync('dpkg-deb', ['--build', '--root-owner-group', '-Zgzip', root, deb], { stdio: 'ignore' })
console.log(deb)
