import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts'
import { closedPortUrl } from '../helpers/run-against.ts'
import { newAuthority } from '../helpers/certificates.ts'
import { doctor as doctorAt, type Diagnosis } from '../helpers/doctor.ts'
import { environment, posts } from '../helpers/gitlab.ts'
import { newFolder, start, type WorldOptions } from '../helpers/world.ts'

const folder = newFolder()
afterAll(() => {
  folder.remove()
})
const path = (name: string): string => join(folder.path, name)
const own = newAuthority(folder.path, 'own')
newAuthority(folder.path, 'stranger')
const inDays = (days: number): string =>
  new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '')
const certificates = {
  good: own.sign('good', 'IP:127.0.0.1', inDays(-2), inDays(30)),
  expired: own.sign('expired', 'IP:127.0.0.1', inDays(-9), inDays(-2)),
  other: own.sign('other', 'DNS:gitlab.example.com'),
}

/** Certificates are made and checked in real time. */
const doctor = (line: string, options: WorldOptions): Promise<Diagnosis> =>
  doctorAt(line, options, Date.now() - start)

let sandbox: Sandbox
async function serve(kind: keyof typeof certificates): Promise<ReturnType<typeof environment>> {
  sandbox = await startSandbox({ now: Date.now, tls: certificates[kind] })
  return environment(sandbox)
}
afterEach(() => sandbox.close())

function caConfig(ca: string): string {
  const file = path('config.yaml')
  writeFileSync(file, `servers:\n  work:\n    url: ${sandbox.url}\n    caFile: ${path(`${ca}/ca.pem`)}\n`, {
    mode: 0o600,
  })
  return `--config ${file} --json`
}

test('its own authority, from the entry of the server: all is well', async () => {
  const options = await serve('good')
  const { code, checks, stderr } = await doctor(caConfig('own'), options)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(checks['tls']).toMatchObject({ ok: true, needed: true })
  expect(checks['tls']?.detail).toMatch(
    /^TLSv1\.[23]; CN=good, issued by CN=own, until \d{4}-\d\d-\d\d \((29|30) days left\); trusted: .*own\/ca\.pem/,
  )
  expect(checks['trigger']).toMatchObject({ ok: true })
  expect(sandbox.pipelines).toEqual([])
})

test('its own authority, from the runner of its job', async () => {
  await serve('good')
  const env = {
    GITLAB_CI: 'true',
    CI_SERVER_URL: sandbox.url,
    CI_JOB_TOKEN: sandbox.tokens.job,
    CI_SERVER_TLS_CA_FILE: path('own/ca.pem'),
    GITLAB_TRIGGER_PROJECT: '9',
  }
  const { code, checks } = await doctor('--json', { env })
  expect(code).toBe(0)
  expect(checks['tls']?.detail).toContain('CI_SERVER_TLS_CA_FILE')
})

type Failure = [name: string, kind: keyof typeof certificates, ca: string, detail: RegExp, fix: RegExp]
const failures: Failure[] = [
  [
    'an unknown authority',
    'good',
    'stranger',
    /unknown authority \(UNABLE_TO_\w+; .*CN=good, issued by CN=own/,
    /CN=own.*caFile/,
  ],
  ['an expired one', 'expired', 'own', /expired \(CERT_HAS_EXPIRED; .*days ago/, /Renew/],
  ['for another name', 'other', 'own', /for another name/, /DNS:gitlab\.example\.com/],
]
test.each(failures)('%s: which check failed, and the fix', async (_, kind, ca, detail, fix) => {
  const options = await serve(kind)
  const { code, checks, stdout, stderr } = await doctor(caConfig(ca), options)
  expect(code).toBe(6)
  expect(checks['tls']).toMatchObject({ ok: false, needed: true })
  expect(checks['tls']?.detail).toMatch(detail)
  expect(checks['tls']?.fix).toMatch(fix)
  for (const name of ['api', 'clock', 'trigger', 'reading']) expect(checks[name]?.ok).toBeNull()
  expect(posts(sandbox)).toEqual([])
  // Reading a certificate that is not trusted sends no secret.
  const sent = JSON.stringify(sandbox.requests)
  for (const token of Object.values(sandbox.tokens) as string[]) {
    expect(sent + stdout + stderr).not.toContain(token)
  }
})

test('without any authority of ours', async () => {
  const { code, checks } = await doctor('--json', await serve('good'))
  expect(code).toBe(6)
  expect(checks['tls']?.fix).toContain('CN=own')
})

test('--insecure is pointed out', async () => {
  const { code, checks } = await doctor('--insecure --json', await serve('expired'))
  expect(code).toBe(0)
  expect(checks['tls']).toMatchObject({ ok: false, needed: false })
  expect(checks['tls']?.detail).toContain('not checked (--insecure)')
})

test('a file of authorities that cannot be used: the settings are refused', async () => {
  const options = await serve('good')
  const { code, checks } = await doctor(caConfig('missing'), options)
  expect(code).toBe(14)
  expect(checks['settings']?.detail).toContain('missing/ca.pem')
  expect(sandbox.requests).toEqual([])
})

test('https where plain http is spoken', async () => {
  sandbox = await startSandbox({ now: () => start })
  const env = { GITLAB_TRIGGER_SERVER: sandbox.url.replace('http:', 'https:') }
  const { code, checks } = await doctor('--json', environment(sandbox, env))
  expect(code).toBe(6)
  expect(checks['tls']).toMatchObject({ ok: false, fix: 'Is it http, or another port?' })
})

test('through a proxy that does not exist: it is named, and no name is looked up', async () => {
  const options = await serve('good')
  const dead = await closedPortUrl()
  const { code, checks } = await doctor(`${caConfig('own')} --proxy ${dead}`, options)
  expect(code).toBe(6)
  expect(checks['dns']).toMatchObject({ ok: null, detail: 'the proxy resolves the name' })
  expect(checks['proxy']).toMatchObject({ ok: true, detail: `${dead} (--proxy)` })
  expect(checks['tls']?.detail).toContain(`through the proxy ${dead}: the connection was refused`)
  expect(sandbox.requests).toEqual([])
})
