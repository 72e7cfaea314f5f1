// What a release needs: `node scripts/release.mjs check TAG` before anything is built, `node scripts/release.mjs packages` of what is in build/packages.
// `notes` prints what CHANGELOG.md says of this version. `dry-run` does both for the version that is not released yet. Ends with 1 for a problem. Publishes nothing.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { npm } from './npm.mjs'

const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
const folder = 'build/packages'
const text = (path) => readFileSync(path, 'utf8')

/** Where else the version stands, with the text that it stands in. */
const places = {
  'src/core/version.ts': `version = '${version}'`,
  Dockerfile: `image.version="${version}"`,
  'templates/trigger/template.yml': `default: gitlab-trigger:${version}`,
  'templates/trigger/README.md': `/trigger@${version}`,
}

/** Problems that there must never be. */
function versionProblems() {
  return Object.entries(places)
    .filter(([path, part]) => !text(path).includes(part))
    .map(([path]) => `${path} is not of version ${version}`)
}

/** Problems of a commit that a release is made of. */
function releaseProblems(tag) {
  const changelog = text('CHANGELOG.md')
  const heading = `## [${version}] - `
  const isDated = changelog
    .split('\n')
    .some((line) => line.startsWith(heading) && /\d{4}-\d\d-\d\d$/.test(line))
  const [, unreleased = ''] = /^## \[Unreleased\]\n([^]*?)(?=^## )/m.exec(changelog) ?? []
  return [
    tag === `v${version}` ? [] : [`the tag ${tag} is not v${version}, as package.json says`],
    isDated ? [] : [`CHANGELOG.md has no heading "${heading}" with the day`],
    unreleased.trim() === '' ? [] : ['CHANGELOG.md has entries under [Unreleased]'],
  ].flat()
}

/** What CHANGELOG.md says of this version, without its heading: the notes of the release. '' where it says nothing. */
function notes() {
  const sections = text('CHANGELOG.md').replaceAll('\r\n', '\n').split(/^## /m)
  const own = sections.find((section) => section.startsWith(`[${version}]`)) ?? ''
  // Links by name are below the last section.
  return own
    .replace(/^.*\n/, '')
    .replace(/(\n\[[^\]\n]+\]: \S+)+\s*$/, '')
    .trim()
}

const sumOf = (name) =>
  createHash('sha256')
    .update(readFileSync(join(folder, name)))
    .digest('hex')

/** Problems of what was built. */
function packageProblems() {
  const sums = text(join(folder, 'SHA256SUMS'))
    .trimEnd()
    .split('\n')
    .map((line) => line.split('  '))
  const names = sums.map(([, name]) => name)
  const wanted = [`gitlab-trigger-${version}.tgz`, 'sbom.cdx.json']
  const listed = new Set(
    JSON.parse(text(join(folder, 'sbom.cdx.json'))).components.map(({ name, group }) =>
      group ? `${group}/${name}` : name,
    ),
  )
  // Each licence begins with the packages that have it.
  const heads = text('dist/licences.txt')
    .split(`\n${'-'.repeat(80)}\n\n`)
    .slice(1)
  const bundled = heads.flatMap((head) =>
    [...head.split('\n\n', 1)[0].matchAll(/^(\S+) \S+ \(/gm)].map(([, name]) => name),
  )
  // npm refuses what it could not publish; with --dry-run it sends nothing.
  const line = [
    'publish',
    '--dry-run',
    '--offline',
    '--ignore-scripts',
    '--tag',
    'latest',
    join('.', folder, wanted[0]),
  ]
  npm(line, { stdio: 'ignore' })
  return [
    ...wanted.filter((name) => !names.includes(name)).map((name) => `${name} is not in SHA256SUMS`),
    ...sums
      .filter(([sum, name]) => !existsSync(join(folder, name)) || sumOf(name) !== sum)
      .map(([, name]) => `the sum of ${name} is wrong`),
    ...bundled
      .filter((name) => !listed.has(name))
      .map((name) => `${name} is bundled and not in sbom.cdx.json`),
  ]
}

const [task, tag = ''] = process.argv.slice(2)
const tasks = {
  check: () => [...versionProblems(), ...releaseProblems(tag)],
  packages: packageProblems,
  notes() {
    if (notes() === '') return [`CHANGELOG.md has nothing on version ${version}`]
    console.log(notes())
    return []
  },
  'dry-run'() {
    for (const problem of releaseProblems(`v${version}`)) console.log(`before the release: ${problem}`)
    return [...versionProblems(), ...packageProblems()]
  },
}
const problems = tasks[task]()
for (const problem of problems) console.error(problem)
process.exitCode = problems.length > 0 ? 1 : 0
