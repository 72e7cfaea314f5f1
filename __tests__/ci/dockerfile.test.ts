import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { version } from '../../src/core/version.ts'

const require = createRequire(import.meta.url)
const text = readFileSync('Dockerfile', 'utf8')

/** What the linters complain about, one line each. */
function complaints(dockerfile: string): string[] {
  const utils = require('dockerfile-utils') as { validate(content: string): { message: string }[] }
  const dockerfilelint = require('dockerfilelint/lib/index') as {
    run(path: string, content: string): { title: string }[]
  }
  return [
    ...utils.validate(dockerfile).map(({ message }) => message),
    ...dockerfilelint.run('.', dockerfile).map(({ title }) => title),
  ]
}

test('two linters have nothing to say about the Dockerfile, and would', () => {
  expect(complaints(text)).toEqual([])
  expect(complaints('FROM alpine:latest\nRUN sudo apk add nodejs\nFRO x\n').length).toBeGreaterThan(1)
})

/** What `COPY . .` brings, by way of .dockerignore, with what `npm ci` installs. */
function copyCheckout(to: string): void {
  const left = new Set(readFileSync('.dockerignore', 'utf8').split('\n'))
  mkdirSync(to)
  for (const name of readdirSync('.').filter((each) => !left.has(each)))
    cpSync(name, join(to, name), { recursive: true })
  const [from, place] = ['node_modules', join(to, 'node_modules')]
  execFileSync('/bin/sh', ['-c', `cp -al "$0" "$1" 2>/dev/null || cp -a "$0" "$1"`, from, place])
}

describe('the image', () => {
  const last = text.slice(text.lastIndexOf('\nFROM '))

  test('is small, of pinned lines, without npm, and nobody in it is root', () => {
    expect([...text.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image)).toEqual([
      'node:22-alpine',
      'alpine:3.22',
    ])
    expect(last).not.toMatch(/\bnpm\b/)
    expect(last).toMatch(/^USER (?!0\b|root)\d+:\d+$/m)
  })

  test('has the packed program and nothing else: what its build runs works here too', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gitlab-trigger-image-'))
    try {
      const copied = join(folder, 'src')
      copyCheckout(copied)
      const [, commands = ''] = /RUN (npm pack[^]*?)\n\n/.exec(text) ?? []
      const here = commands
        .replaceAll('\\\n', ' ')
        .replaceAll('/tmp', folder)
        .replaceAll('/app', `${folder}/app`)
      // No script of git or npm of this checkout, no registry: there is nothing to be fetched.
      const env = { PATH: process.env['PATH'] ?? '', HOME: folder, npm_config_offline: 'true' }
      execFileSync('/bin/sh', ['-ec', here], { cwd: copied, env, stdio: 'pipe' })
      const app = join(folder, 'app')
      expect(readdirSync(join(app, 'bin'))).toEqual(['gitlab-trigger'])
      expect(readdirSync(join(app, 'lib/node_modules'))).toEqual(['gitlab-trigger'])
      expect(readdirSync(join(app, 'lib/node_modules/gitlab-trigger')).sort()).toEqual([
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'bin',
        'dist',
        'package.json',
      ])
      // COPY --from=build /app /usr/local: its link must not name the place where it was made.
      renameSync(app, join(folder, 'local'))
      const program = join(folder, 'local/bin/gitlab-trigger')
      const asNobody = [
        '--user',
        '--map-user=65532',
        '--map-group=65532',
        'env',
        '-i',
        `PATH=${dirname(process.execPath)}`,
      ]
      const output = execFileSync('unshare', [...asNobody, program, '--version'], { encoding: 'utf8' })
      expect(output).toBe(`${version}\n`)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }, 180_000)
})
