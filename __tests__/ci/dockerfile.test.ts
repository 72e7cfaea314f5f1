import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
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

  test('says what it is, and names no address that nobody has', () => {
    const labels = [...last.matchAll(/org\.opencontainers\.image\.(\w+)="([^"]*)"/g)]
    const { license, repository } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      license: string
      repository?: unknown
    }
    expect(Object.fromEntries(labels.map(([, name, value]) => [name, value]))).toEqual({
      title: 'gitlab-trigger',
      description: expect.stringContaining('GitLab CI') as string,
      version,
      licenses: license,
      revision: '$REVISION',
      source: '$SOURCE',
    })
    expect(/^ARG SOURCE=""$/m.test(last)).toBe(repository === undefined)
  })
})
