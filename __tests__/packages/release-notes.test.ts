import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { spawnProgram, type Spawned } from '../helpers/spawn.ts'
import { useFolder } from '../helpers/world.ts'

// The notes of a release are what CHANGELOG.md says of that version, and nothing of any other.

const folder = useFolder()
const script = resolve('scripts/release.mjs')

function notesOf(version: string, changelog: string): Promise<Spawned> {
  writeFileSync(join(folder().path, 'package.json'), JSON.stringify({ version }))
  writeFileSync(join(folder().path, 'CHANGELOG.md'), changelog)
  return spawnProgram(process.execPath, [script, 'notes'], { cwd: folder().path })
}

const changelog = `# Changelog

All notable changes.

## [Unreleased]

- Later.

## [1.10.0] - 2026-12-24

### Added

- Ten [link].

## [1.1.0] - 2026-12-01

- One.

[link]: https://example.com
`

test.each([
  ['1.10.0', '### Added\n\n- Ten [link].\n'],
  ['1.1.0', '- One.\n'],
])('%s', async (version, notes) => {
  expect(await notesOf(version, changelog)).toMatchObject({ code: 0, stdout: notes, stderr: '' })
  expect(await notesOf(version, changelog.replaceAll('\n', '\r\n'))).toMatchObject({ code: 0, stdout: notes })
})

test.each(['1.1', '1.0.0', '2.0.0'])('a version without a section is refused: %s', async (version) => {
  const said = `CHANGELOG.md has nothing on version ${version}\n`
  expect(await notesOf(version, changelog)).toMatchObject({ code: 1, stdout: '', stderr: said })
})

test('the changelog of this project has notes of its version, and the release workflow takes them', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  const { code, stdout } = await notesOf(version, readFileSync('CHANGELOG.md', 'utf8'))
  expect(code).toBe(0)
  expect(stdout).not.toMatch(/^## |^# /m)
  const workflow = readFileSync('.github/workflows/release.yml', 'utf8')
  expect(workflow).toMatch(/release\.mjs notes > notes\.md\n.*--notes-file notes\.md/)
})
