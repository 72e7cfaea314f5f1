import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts'
import { newLeaf } from '../helpers/certificates.ts'
import { posts } from '../helpers/gitlab.ts'
import { run } from '../helpers/run.ts'
import { newFolder, start } from '../helpers/world.ts'

const folder = newFolder()
const trusted = newLeaf(folder.path, 'trusted')
const stranger = newLeaf(folder.path, 'stranger')

let own: Sandbox
let other: Sandbox
beforeEach(async () => {
  const options = { now: () => start, paceMs: 0, tls: trusted }
  own = await startSandbox(options)
  other = await startSandbox(options)
})
afterEach(() => Promise.all([own.close(), other.close()]))
afterAll(() => {
  folder.remove()
})

function write(content: string | Buffer): string {
  const path = join(folder.path, 'given.pem')
  writeFileSync(path, content)
  return path
}

function job(more: Record<string, string> = {}): { env: Record<string, string> } {
  const env = {
    GITLAB_CI: 'true',
    CI_SERVER_URL: own.url,
    CI_API_V4_URL: `${own.url}/api/v4`,
    CI_JOB_TOKEN: own.tokens.job,
    ...more,
  }
  return { env }
}

const line = '--project 9 --ref master'

describe('CI_SERVER_TLS_CA_FILE', () => {
  test.each([
    ['the authority', () => trusted.ca],
    ['among others', () => `${stranger.ca}\n# a comment\n${trusted.ca}`],
    ['with CR LF', () => trusted.ca.replaceAll('\n', '\r\n')],
    ['with a byte order mark', () => `\uFEFF${trusted.ca}`],
  ])('is trusted for the server of the job: %s', async (_, content) => {
    const { code, stdout } = await run(line, job({ CI_SERVER_TLS_CA_FILE: write(content()) }))
    expect({ code, stdout }).toEqual({ code: 0, stdout: '4711\n' })
    expect(posts(own)).toHaveLength(1)
  })

  test('also for the reads of --jobs', async () => {
    const options = job({
      CI_SERVER_TLS_CA_FILE: write(trusted.ca),
      GITLAB_TRIGGER_API_TOKEN: own.tokens.api,
    })
    const { code, stdout } = await run(`${line} --jobs`, options)
    expect(code).toBe(0)
    expect(stdout.split('\n').filter(Boolean).length).toBeGreaterThan(1)
  })

  test('--verbose says that it is', async () => {
    const options = job({ CI_SERVER_TLS_CA_FILE: write(trusted.ca) })
    expect((await run(`${line} --verbose`, options)).stderr).toMatch(/^ca .*CI_SERVER_TLS_CA_FILE/m)
  })

  test.each<[name: string, more: () => Record<string, string>]>([
    ['without it', () => ({})],
    ['empty', () => ({ CI_SERVER_TLS_CA_FILE: '' })],
    ['of another authority', () => ({ CI_SERVER_TLS_CA_FILE: write(stranger.ca) })],
    [
      'outside of a job',
      () => ({
        CI_SERVER_TLS_CA_FILE: write(trusted.ca),
        GITLAB_CI: '',
        GITLAB_TRIGGER_SERVER: own.url,
        GITLAB_TRIGGER_TOKEN: own.tokens.trigger,
      }),
    ],
  ])('%s, the certificate is not accepted and nothing is sent', async (_, more) => {
    const { code, stdout, stderr } = await run(line, job(more()))
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' })
    expect(stderr).toMatch(/certificate/)
    expect(stderr).toContain('No pipeline was created.\n')
    expect(own.requests).toEqual([])
  })

  test('is not trusted for another server', async () => {
    const options = job({
      CI_SERVER_TLS_CA_FILE: write(trusted.ca),
      GITLAB_TRIGGER_TOKEN: other.tokens.trigger,
    })
    const { code, stderr } = await run(`${line} --server ${other.url}`, options)
    expect(code).toBe(6)
    expect(stderr).toMatch(/certificate/)
    expect(other.requests).toEqual([])
  })

  test('broken, it does not matter for another server', async () => {
    const options = job({ CI_SERVER_TLS_CA_FILE: 'missing', GITLAB_TRIGGER_TOKEN: other.tokens.trigger })
    expect((await run(`${line} --server ${other.url}`, options)).code).toBe(6)
  })
})

describe('a CI_SERVER_TLS_CA_FILE that cannot be used (T36)', () => {
  const body = 'A'.repeat(64)
  test.each<[name: string, path: () => string]>([
    ['garbage', () => write('c4n4ry')],
    ['empty', () => write('')],
    [
      'a frame with garbage in it',
      () => write(`-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`),
    ],
    [
      'one good, one garbage',
      () => write(`${trusted.ca}-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`),
    ],
    ['a key', () => write(trusted.key)],
    ['cut off', () => write(trusted.ca.slice(0, 200))],
    ['binary', () => write(Buffer.from([0x30, 0x82, 0x01, 0x00]))],
    ['missing', () => join(folder.path, 'missing.pem')],
    ['a directory', () => folder.path],
  ])('%s', async (_, path) => {
    const file = path()
    const { code, stdout, stderr } = await run(line, job({ CI_SERVER_TLS_CA_FILE: file }))
    expect({ code, stdout }).toEqual({ code: 14, stdout: '' })
    for (const part of ['CI_SERVER_TLS_CA_FILE', file, 'No pipeline was created.\n'])
      expect(stderr).toContain(part)
    expect(stderr).not.toContain('c4n4ry')
    expect(own.requests).toEqual([])
  })
})
