import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const require = createRequire(import.meta.url)
const text = readFileSync('Dockerfile', 'utf8')

/** What the linters complain about, one line each. */
function complaints(dockerfile: string): string[] {
  const { validate } = require('dockerfile-utils') as { validate(content: string): { message: string }[] }
  const dockerfilelint = require('dockerfilelint/lib/index') as {
    run(path: string, content: string): { title: string }[]
  }
  return [
    ...validate(dockerfile).map(({ message }) => message),
    ...dockerfilelint.run('.', dockerfile).map(({ title }) => title),
  ]
}

test('two linters have nothing to say about the Dockerfile, and would', () => {
  expect(complaints(text)).toEqual([])
  expect(complaints('FROM alpine:latest\nRUN sudo apk add nodejs\nFRO x\n').length).toBeGreaterThan(1)
})

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

  test('has the packed program: what its build runs works here too', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gitlab-trigger-image-'))
    try {
      const commands = /RUN (npm pack[^]*?)\n\n/.exec(text)?.[1] ?? ''
      const here = commands
        .replaceAll('\\\n', ' ')
        .replaceAll('/tmp', folder)
        .replaceAll('/app', join(folder, 'app'))
        // dist is there, and other tests use it.
        .replace('npm pack', 'npm pack --ignore-scripts')
      execFileSync('/bin/sh', ['-ec', `${here} --prefer-offline`], { stdio: 'pipe' })
      const program = join(folder, 'app', 'bin', 'gitlab-trigger')
      const output = execFileSync(program, ['--version'], { encoding: 'utf8' })
      expect(output).toMatch(/^\d+\.\d+\.\d+\n$/)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }, 120_000)
})
