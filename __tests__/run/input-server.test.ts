import { useHome } from '../helpers/home.ts'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { environment, useGitlab } from '../helpers/gitlab.ts'
import { canary, refuses } from '../helpers/refusal.ts'
import { run } from '../helpers/run.ts'

const server = '--server'

refuses('a server URL that is none, or not the one that it seems', [
  ['--server https://gitlab.com@evil.example', [server, 'user name'], { t: 'T20' }],
  [`--server https://me:${canary}@gitlab.example.com`, [server, 'user name'], { t: 'T21' }],
  [`--server https://${canary}@gitlab.example.com`, [server, 'user name'], { t: 'T21' }],
  [`--server https://gitlab.example.com?private_token=${canary}`, [server, 'query'], { t: 'T21' }],
  [`--server https://gitlab.example.com/?private_token=${canary}`, [server, 'query'], { t: 'T21' }],
  ['--server https://gitlab.example.com?', [server, 'query'], { t: 'T21' }],
  [`--server https://gitlab.example.com/#${canary}`, [server, 'fragment'], { t: 'T21' }],
  [`--server https://gitlab.example.com#@${canary}`, [server, 'fragment'], { t: 'T21' }],
  ['--server https://gitlab.com%2eevil.example', [server, 'gitlab.com.evil.example'], { t: 'T20' }],
  [[server, 'https://gitlab\t.com'], [server, 'gitlab.com'], { t: 'T20' }],
  [[server, 'https://gitlab.com\n'], server, { t: 'T20' }],
  [[server, ' https://gitlab.com'], server, { t: 'T20' }],
  ['--server https://gitlab.com.', server, { t: 'T20', not: 'write it so' }],
  ['--server https://gitlab．com', [server, 'gitlab.com'], { t: 'T20' }],
  ['--server https://gitlab。com', [server, 'gitlab.com'], { t: 'T20' }],
  ['--server https://gіtlab.com', [server, 'xn--gtlab-n2e.com'], { t: 'T20', name: 'a Cyrillic і' }],
  ['--server https://gitlab.com\\@evil.example', server, { t: 'T20' }],
  ['--server http://0x7f.1', [server, '127.0.0.1'], { t: 'T20' }],
  ['--server http://2130706433', [server, '127.0.0.1'], { t: 'T20' }],
  ['--server gitlab.com:8080', [server, 'https://'], { t: 'T20' }],
  ['--server gitlab.com', [server, 'https://'], { code: 14 }],
  ['--server work', [server, 'https://'], { t: 'T26', code: 14 }],
  ['--server ftp://gitlab.com', [server, 'http'], { t: 'T20' }],
  ['--server file:///etc/passwd', [server, 'http']],
  ['--server javascript:alert(1)', [server, 'http']],
  ['--server https:gitlab.com', server, { t: 'T20' }],
  ['--server https:/gitlab.com', server, { t: 'T20' }],
  ['--server https:///gitlab.com', server, { t: 'T20' }],
  ['--server https://', server],
  ['--server=', server],
  ['--server https://gitlab.example.com:99999', server, { t: 'T101' }],
  ['--server https://gitlab.example.com:port', server, { t: 'T101' }],
  ['--server https://gitlab.example.com/api/v4', [server, '/api']],
  ['--server https://gitlab.example.com/a/../b', server],
  ['--server https://gitlab.example.com/%2e%2e/b', server],
  [[server, 'https://gitlab.example.com/a b'], server],
  [
    '',
    'GITLAB_TRIGGER_SERVER',
    {
      t: 'T21',
      name: 'a password from the environment',
      env: { GITLAB_TRIGGER_SERVER: `https://me:${canary}@gitlab.example.com` },
    },
  ],
  [
    '',
    'CI_SERVER_URL',
    {
      t: 'T21',
      name: 'a password from CI',
      env: {
        GITLAB_CI: 'true',
        GITLAB_TRIGGER_SERVER: undefined,
        CI_SERVER_URL: `https://me:${canary}@gitlab.example.com`,
      },
    },
  ],
])

refuses('plain http to another machine', [
  ...[
    'http://gitlab.example.com',
    'HTTP://gitlab.example.com',
    'http://127.0.0.1.evil.example',
    'http://localhost.evil.example',
    'http://192.168.1.9',
    'http://[2001:db8::1]',
    'http://0.0.0.0',
  ].map((url) => [`--server ${url}`, ['--server', '--allow-http'], { t: 'T37' }] as const),
  [
    '--dry-run',
    ['GITLAB_TRIGGER_SERVER', '--allow-http'],
    {
      t: 'T37',
      name: 'also with --dry-run, from the environment',
      env: { GITLAB_TRIGGER_SERVER: 'http://gitlab.example.com' },
    },
  ],
])

describe('a server URL that is right', () => {
  test.each([
    ['https://gitlab.example.com', 'https://gitlab.example.com'],
    ['https://gitlab.example.com/', 'https://gitlab.example.com'],
    ['https://gitlab.example.com:443', 'https://gitlab.example.com'],
    ['HTTPS://GitLab.Example.COM', 'https://gitlab.example.com'],
    ['https://gitlab.example.com:8443/', 'https://gitlab.example.com:8443'],
    ['https://example.com/gitlab/', 'https://example.com/gitlab'],
    ['https://example.com/tools/gitlab', 'https://example.com/tools/gitlab'],
    ['https://xn--gtlab-n2e.com', 'https://xn--gtlab-n2e.com'],
    ['https://[2001:db8::1]:8443', 'https://[2001:db8::1]:8443'],
    ['http://127.0.0.1:10080', 'http://127.0.0.1:10080'],
    ['http://localhost', 'http://localhost'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
    ['http://gitlab.example.com --allow-http', 'http://gitlab.example.com'],
  ])('%s is %s', async (url, base) => {
    const options = { env: { GITLAB_TRIGGER_TOKEN: canary } }
    const { code, stdout } = await run(`--server ${url} -p 9 -r master --api v4 --dry-run`, options)
    expect(code).toBe(0)
    expect(stdout.split('\n')[0]).toBe(`POST ${base}/api/v4/projects/9/trigger/pipeline`)
  })
})

/** Triggers at a server of our own, which answers every request with build 12. */
async function triggersAt(host: string, port: number, url: (port: number) => string): Promise<void> {
  const paths: string[] = []
  const server = createServer((request, response) => {
    paths.push(`${request.method ?? ''} ${request.url ?? ''}`)
    request.resume()
    response.writeHead(201, { 'content-type': 'application/json' })
    response.end('{"id":12,"status":"created"}')
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  try {
    const line = `--server ${url((server.address() as AddressInfo).port)} -p 9 -r master`
    const result = await run(line, { env: { GITLAB_TRIGGER_TOKEN: canary } })
    expect(result).toMatchObject({ code: 0, stdout: '12\n', stderr: '' })
    expect(paths).toEqual(['POST /api/v4/projects/9/trigger/pipeline'])
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
}

const hasIpv6 = Object.values(networkInterfaces()).some((rows) =>
  rows?.some(({ address }) => address === '::1'),
)

describe('an address that clients stumble over', () => {
  test('a name of which one family may be dead (T103)', () =>
    triggersAt('127.0.0.1', 0, (port) => `http://localhost:${port}`))

  test('a port that browsers refuse (T104)', () =>
    triggersAt('127.0.0.1', 10080, () => 'http://127.0.0.1:10080'))

  const onIpv6 = hasIpv6 ? test : test.skip
  onIpv6('an IPv6 literal (T103)', () => triggersAt('::1', 0, (port) => `http://[::1]:${port}`))
})

describe('a path prefix', () => {
  const gitlab = useGitlab({ prefix: '/tools/gitlab' })
  test('is kept', async () => {
    const result = await run('--ref master', environment(gitlab()))
    expect(result).toMatchObject({ code: 0, stdout: '4711\n' })
    expect(gitlab().requests[0]?.path).toBe('/tools/gitlab/api/v4/projects/9/trigger/pipeline')
  })
})

describe('no server is chosen, and the config has some without default:', () => {
  const home = useHome()
  const entries = (...names: string[]): string =>
    `servers:\n${names.map((name) => `  ${name}:\n    url: https://${name}.example.com\n`).join('')}`
  // prettier-ignore
  const rows: [names: string[], line: string, says: string[]][] = [
    [['work'], '--project 9 --ref master', ['no server given', '--server work', 'default: work', 'config.yaml']],
    [['work'], '', ['no server, no project and no ref given', '--server work', 'default: work', 'config.yaml']],
    [['work', 'old'], '--project 9 --ref master', ['no server given', '--server', 'work, old', 'default:']],
    [['work'], 'wait 5', ['no server given', '--server work', 'default: work']],
    [['work'], 'status 5 --project 9', ['no server given', '--server work', 'default: work']],
  ]
  test.each(rows)('%j: %s', async (names, line, says) => {
    home().config(entries(...names))
    const { code, stderr } = await run(line, home().world({ env: { GITLAB_TRIGGER_TOKEN: 'x'.repeat(2) } }))
    expect(code).toBe(2)
    for (const part of says) expect(stderr).toContain(part)
  })
})
