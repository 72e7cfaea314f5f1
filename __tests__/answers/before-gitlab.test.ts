import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { environment, posts, useGitlab } from '../helpers/gitlab.ts'
import { apiEnvironment } from '../helpers/api.ts'
import { listen } from '../helpers/listen.ts'
import { run, type Result } from '../helpers/run.ts'
import type { Fault } from '../../src/sandbox/server.ts'

// What a proxy, a firewall or a sign-in says is not taken for GitLab's word on token and project.

const gitlab = useGitlab()
const html = 'text/html; charset=utf-8'
const titled = (title: string, body = ''): string =>
  `<!DOCTYPE html><html><head><title>${title}</title></head><body>${body}</body></html>`

type Row = [
  name: string,
  status: number,
  body: string,
  type: string,
  headers: Record<string, string>,
  says: RegExp,
]

/** What stands before GitLab, as seen with these products. */
// prettier-ignore
const before: Row[] = [
  ['Squid', 403, titled('ERROR: The requested URL could not be retrieved', 'http://gitlab.example.com/'), html, { server: 'squid/5.7' }, /\(squid\/5\.7\).*could not be retrieved/],
  ['Zscaler', 403, titled('Access Denied - Zscaler'), html, { server: 'Zscaler/6.2' }, /\(Zscaler\/6\.2\)/],
  ['Cloudflare', 403, titled('Attention Required! | Cloudflare'), html, { server: 'cloudflare', 'cf-ray': 'x' }, /\(cloudflare\).*Attention Required/],
  ['nginx, basic authentication', 401, titled('401 Authorization Required', 'nginx'), html, { server: 'nginx' }, /\(nginx\).*401 Authorization Required/],
  ['a WAF', 400, titled('Request Rejected', 'The requested URL was rejected. Your support ID is: 1'), html, {}, /400: Request Rejected/],
  ['nginx, a wrong host', 404, titled('404 Not Found', 'nginx'), html, { server: 'nginx/1.25' }, /\(nginx\/1\.25\): 404 Not Found/],
  ['Envoy', 403, 'RBAC: access denied', 'text/plain', { server: 'envoy' }, /\(envoy\): 403: RBAC: access denied/],
  ['Traefik', 404, '404 page not found\n', 'text/plain', {}, /answered: 404 page not found/],
  ['JSON of another form', 403, '{"fault":{"faultstring":"Invalid API key"}}', 'application/json', {}, /something before GitLab answered: 403/],
  ['JSON that is a list', 401, '[]', 'application/json', {}, /something before GitLab answered: 401/],
  ['a page of nobody', 401, '<h1>Unauthorized</h1>', html, {}, /answered: 401: Unauthorized/],
]
const adviceOfGitlab =
  /token is not one of|mistyped|too narrow|role of|acts as its owner|does not say which|ask its administrator|allowlist/

const faultOf = ([, status, body, contentType, headers]: Row): Fault => ({
  kind: 'answer',
  status,
  body,
  contentType,
  headers,
})

describe.each(before)('%s, %i', (...row) => {
  test('to a trigger: no pipeline, and not about the token', async () => {
    gitlab().failNext({ ...faultOf(row), method: 'POST' })
    const { code, stdout, stderr } = await run('--ref master --api v4', environment(gitlab()))
    expect({ code, stdout }).toEqual({ code: row[1] === 400 ? 5 : 4, stdout: '' })
    expect(stderr).toContain('something before GitLab answered')
    expect(stderr).toMatch(row[5])
    expect(stderr).not.toMatch(adviceOfGitlab)
    expect(posts(gitlab())).toHaveLength(1)
  })

  test.each([
    ['tokens list', 'GET'],
    ['tokens create --description x', 'POST'],
    ['tokens revoke 31 --yes', 'DELETE'],
    ['refs', 'GET'],
    ['status 4711', 'GET'],
    ['schedule gitlab list', 'GET'],
    ['tokens test', 'POST'],
  ])('to %s (%s)', async (line, method) => {
    gitlab().addPipeline()
    for (let count = 0; count < 9; count += 1) gitlab().failNext({ ...faultOf(row), method })
    const { code, stderr } = await run(line, apiEnvironment(gitlab()))
    expect([4, 5]).toContain(code)
    expect(stderr).toContain('something before GitLab answered')
    expect(stderr).not.toMatch(adviceOfGitlab)
  })
})

test.each(['502', '503', '504', '520'])(
  'a %s of a gateway, after which nothing is known: exit 7',
  async (status) => {
    const body = titled(`${status} Bad Gateway`)
    gitlab().failNext({
      kind: 'answer',
      status: Number(status),
      body,
      contentType: html,
      headers: { server: 'awselb/2.0' },
    })
    const { code, stderr } = await run('--ref master --api v4', environment(gitlab()))
    expect(code).toBe(7)
    expect(stderr).toContain(`something before GitLab answered (awselb/2.0): ${status} Bad Gateway`)
    expect(stderr).toMatch(/projects\/9 or run: gitlab-trigger pipelines .*--ref master --source trigger$/m)
  },
)

test('a page that says 422 is no pipeline that failed: exit 7', async () => {
  gitlab().failNext({ kind: 'answer', status: 422, body: titled('Blocked'), contentType: html })
  const { code, stderr } = await run('--ref master --api v4', environment(gitlab()))
  expect(code).toBe(7)
  expect(stderr).toContain('A pipeline may have been created.')
})

const plain: [name: string, body: string, type: string][] = [
  ['nginx', titled('400 The plain HTTP request was sent to HTTPS port'), html],
  [
    'Apache',
    titled('400 Bad Request', "Reason: You're speaking plain HTTP to an SSL-enabled server port."),
    html,
  ],
  ['Go', 'Client sent an HTTP request to an HTTPS server.\n', 'text/plain'],
]
test.each(plain)('plain HTTP to a port for HTTPS, as %s says it', async (_, body, contentType) => {
  for (const [line, method] of [
    ['--ref master --api v4', 'POST'],
    ['tokens list', 'GET'],
  ] as const) {
    gitlab().failNext({ kind: 'answer', method, status: 400, body, contentType })
    const { code, stderr } = await run(line, apiEnvironment(gitlab()))
    expect(code).toBe(5)
    expect(stderr).toContain(`use ${gitlab().url.replace('http:', 'https:')} as the server`)
  }
})

// prettier-ignore
const signIns: [location: string, isSignIn: boolean][] = [
  ['https://login.microsoftonline.com/tenant/oauth2/authorize?client_id=1', true],
  ['https://team.cloudflareaccess.com/cdn-cgi/access/login/gitlab?kid=1', true],
  ['https://sso.example.com/', true],
  ['https://portal.example.com/saml/redirect', true],
  ['https://gitlab.example.net/api/v4/projects/9/trigger/pipeline', false],
  ['/users/sign_in', false],
  ['/oauth2/start?rd=/', true],
]
test.each(signIns)('302 to %s: a sign-in? %s', async (location, isSignIn) => {
  for (const [line, method] of [
    ['--ref master --api v4', 'POST'],
    ['tokens list', 'GET'],
  ] as const) {
    gitlab().failNext({ kind: 'answer', method, status: 302, headers: { location } })
    const { code, stderr } = await run(line, apiEnvironment(gitlab()))
    expect(code).toBe(5)
    expect(stderr.includes('something before GitLab answered')).toBe(isSignIn)
    if (isSignIn) expect(stderr).toContain(new URL(location, gitlab().url).host)
    expect(stderr).not.toContain('client_id')
  }
})

// prettier-ignore
const own: [name: string, status: number, body: string, type: string, headers: Record<string, string>][] = [
  ['a message', 403, '{"message":"403 Forbidden"}', 'application/json', { server: 'nginx' }],
  ['an error', 401, '{"error":"invalid_token","error_description":"Token was revoked."}', 'application/json', { server: 'cloudflare' }],
  ['lists by field', 400, '{"message":{"base":["Reference not found"]}}', 'application/json', {}],
  ['its page for 404', 404, titled("The page you're looking for could not be found (404)", '<img alt="GitLab Logo" />'), html, {}],
  ['its page for 502', 502, titled('GitLab is not responding (502)'), html, {}],
  ['its page for 503', 503, titled('GitLab is not available (503)', '<img alt="GitLab Logo" />'), html, {}],
  ['its page for 422', 422, titled('The change you requested was rejected (422)', '<img alt="GitLab Logo" />'), html, {}],
  ['a text of its Workhorse', 502, 'GitLab is not responding', 'text/plain', {}],
  ['a text of its limits', 429, 'Our administrator says: slower', 'text/plain', {}],
  ['an address that it has blocked', 403, 'Forbidden\n', 'text/plain', {}],
  ['bytes that it cannot read', 400, 'Bad Request', 'text/plain', {}],
  ['a page with its own headers', 403, titled('Blocked'), html, { 'x-request-id': '01J' }],
  ['a page with its other header', 401, titled('Blocked'), html, { 'x-gitlab-meta': '{"version":"1"}' }],
]
test.each(own)("GitLab's own answer is called so: %s", async (_, status, body, contentType, headers) => {
  gitlab().failNext({ kind: 'answer', method: 'POST', status, body, contentType, headers })
  const { stderr } = await run('--ref master --api v4 --retry 0', environment(gitlab()))
  expect(stderr).not.toContain('something before GitLab')
})

describe('a gateway that answers 404 to everything of v4', () => {
  /** A GitLab of today behind it, whose v3 is 410. */
  async function behind(work: (url: string) => Promise<void>): Promise<void> {
    const sockets = new Set<Socket>()
    const server = createServer((request, response) => {
      const isV3 = request.url?.startsWith('/api/v3')
      response.writeHead(isV3 ? 410 : 404, { 'content-type': isV3 ? 'application/json' : html, server: 'gw' })
      response.end(
        isV3 ? '{"error":"API V3 is no longer supported. Use API V4 instead."}' : titled('No route'),
      )
    })
    server.on('connection', (socket) => sockets.add(socket))
    const { port, close } = await listen(server, sockets)
    try {
      await work(`http://127.0.0.1:${port}`)
    } finally {
      await close()
    }
  }
  const lines = [
    'tokens list',
    'tokens test',
    'refs',
    'projects x',
    'status 4711',
    'wait 4711',
    'doctor',
    '--ref master',
    '--ref master --wait',
  ]
  test.each(lines)('%s: the first answer is kept', async (line) => {
    await behind(async (url) => {
      const result: Result = await run(line, apiEnvironment(gitlab(), { GITLAB_TRIGGER_SERVER: url }))
      expect(result.code).toBe(4)
      expect(result.stdout + result.stderr).toContain('404')
      expect(result.stdout + result.stderr).not.toMatch(/\b410\b|no longer supported|speaks API v4 only/)
    })
  })
})
