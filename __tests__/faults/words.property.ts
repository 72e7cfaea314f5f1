import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { commandTable } from '../../src/cli/table/index.ts'
import type { Fault, Sandbox } from '../../src/sandbox/server.ts'
import { apiEnvironment } from '../helpers/api.ts'
import { passTime } from '../helpers/clock.ts'
import { useOneGitlab, useGitlab } from '../helpers/gitlab.ts'
import { listen } from '../helpers/listen.ts'
import { run, runIn, words, type Result } from '../helpers/run.ts'
import { newFolder, newWorld, start } from '../helpers/world.ts'

// A command that starts no pipeline does not speak of that, and never ends with 7 after reads alone (docs/guarantees.md#G16).

/** A line of each command that asks a server and starts no pipeline; `{}` is a file that is not there, `{token}` one with a token. */
const lines: Record<string, string> = {
  wait: 'wait 4711 --timeout 5s',
  status: 'status 4711 --timeout 5s',
  open: 'open 4711 --timeout 5s',
  logs: 'logs 4711 --timeout 5s',
  artifacts: 'artifacts 4711 --to {} --timeout 5s',
  cancel: 'cancel 4711 --timeout 5s',
  play: 'play 4711 deploy --timeout 5s',
  pipelines: 'pipelines --timeout 5s',
  retry: 'retry 4711 --timeout 5s',
  'tokens list': 'tokens list --timeout 5s',
  'tokens create': 'tokens create --description x --timeout 5s',
  'tokens update': 'tokens update 31 --description x --timeout 5s',
  'tokens revoke': 'tokens revoke 31 --yes --timeout 5s',
  'tokens rotate': 'tokens rotate 31 --yes --save-to {} --timeout 5s',
  'tokens test': 'tokens test --timeout 5s',
  projects: 'projects x --timeout 5s',
  refs: 'refs --timeout 5s',
  doctor: 'doctor --timeout 5s',
  login: 'login -p 9 --token-file {token} --timeout 5s',
  'schedule gitlab list': 'schedule gitlab list --timeout 5s',
  'schedule gitlab create': 'schedule gitlab create --ref master --at @daily --timeout 5s',
  'schedule gitlab delete': 'schedule gitlab delete 13 --timeout 5s',
}
/** Commands that ask no server. */
const local = /^(history|logout|config |sandbox|completion|schedule (?!gitlab ))/

test('the lines are those of all commands', () => {
  const others = commandTable.filter(({ startsPipelines, name }) => !startsPipelines && !local.test(name))
  expect(Object.keys(lines).sort()).toEqual(others.map(({ name }) => name).sort())
  const starting = commandTable.filter(({ startsPipelines }) => startsPipelines).map(({ name }) => name)
  expect(starting.sort()).toEqual(['batch', 'run', 'schedule gitlab run'])
})

/** What is left of a text about triggering once names are taken out: of the program, its variables, tokens and addresses. */
function aboutTriggering(text: string): string[] {
  const names =
    /gitlab-trigger|GITLAB_TRIGGER\w*|\/trigger\b\S*|(pipeline )?trigger tokens?|^\S*\s+trigger(?=\s)|first: trigger$/gim
  return (
    text
      .replaceAll(names, '')
      .match(/.*(trigger|\bpipeline (was|may have been) created\b|pipeline is still running).*/gi) ?? []
  )
}

interface Reply {
  status: number
  type?: string
  body?: string
  headers?: Record<string, string>
}
const html = 'text/html'
const page = '<html><head><title>Sign in</title></head></html>'

/** Answers to every request; undefined: none, the connection is reset. */
const some: Record<string, Reply | undefined> = {
  'a sign-in page': { status: 200, type: html, body: page },
  'another object': { status: 200, body: '{"id":99,"status":"running"}' },
  'a page that says 201': { status: 201, type: html, body: page },
  '401': { status: 401, body: '{"message":"401 Unauthorized"}' },
  'a 404 of a gateway': { status: 404, type: html, body: '<h1>Not Found</h1>' },
  '422 of a firewall': { status: 422, type: html, body: page },
  '502': { status: 502, type: html, body: '<title>502 Bad Gateway</title>' },
  'no answer': undefined,
}
/** In the deep tier. */
const more: typeof some = {
  'an empty object': { status: 200, body: '{}' },
  'a list of nothing': { status: 200, body: '[]' },
  'a pipeline that says 201': { status: 201, body: '{"id":4712,"status":"running"}' },
  '202': { status: 202, body: '{}' },
  '204': { status: 204 },
  '302': { status: 302, headers: { location: 'https://login.example.com/?x' } },
  '400': { status: 400, body: '{"message":"400 Bad Request"}' },
  '403': { status: 403, body: '{"message":"403 Forbidden"}' },
  '404': { status: 404, body: '{"message":"404 Not Found"}' },
  '409': { status: 409, body: '{"message":"409 Conflict"}' },
  '410': { status: 410, body: '{"error":"API V3 is no longer supported. Use API V4 instead."}' },
  '422': { status: 422, body: '{"message":"422 Unprocessable"}' },
  '429': { status: 429, type: 'text/plain', body: 'Retry later\n', headers: { 'retry-after': '900' } },
  '500': { status: 500, body: '{"message":"500 Internal Server Error"}' },
}
const replies = (process.env['TIER'] ?? 'test') === 'test' ? some : { ...some, ...more }

/** Runs a line while the clock moves on. */
async function typed(
  line: string,
  sandbox: Sandbox,
  requests: Sandbox['requests'],
  url?: string,
): Promise<Result> {
  const folder = newFolder()
  const world = newWorld(
    apiEnvironment(sandbox, { HOME: folder.path, ...(url && { GITLAB_TRIGGER_SERVER: url }) }),
  )
  const time = passTime(world, { requests })
  try {
    const token = join(folder.path, 'a-token')
    writeFileSync(token, sandbox.tokens.trigger, { mode: 0o600 })
    return await runIn(world, words(line.replace('{}', `${folder.path}/new`).replace('{token}', token)))
  } finally {
    time.stop()
    folder.remove()
  }
}

function expectQuiet({ code, stdout, mail }: Result, methods: readonly string[]): void {
  expect({ said: aboutTriggering(`${stdout}\n${mail}`) }).toEqual({ said: [] })
  if (methods.every((method) => method === 'GET' || method === 'trial')) expect(code).not.toBe(7)
}

describe.each(Object.entries(replies))('everything is answered with %s', (_, reply) => {
  const sandbox = useOneGitlab()

  test.each(Object.entries(lines))('%s', async (_name, line) => {
    const methods: string[] = []
    const sockets = new Set<Socket>()
    const server = createServer((request, response) => {
      methods.push(request.url?.includes('/trigger/') ? 'trial' : (request.method ?? ''))
      request.resume()
      if (!reply) {
        request.socket.destroy()
        return
      }
      const { status, type = 'application/json', body = '', headers } = reply
      response.writeHead(status, { 'content-type': type, ...headers }).end(body)
    })
    server.on('connection', (socket) => sockets.add(socket))
    const { port, close } = await listen(server, sockets)
    try {
      expectQuiet(await typed(line, sandbox(), [], `http://127.0.0.1:${port}`), methods)
    } finally {
      await close()
    }
  })
})

describe('what changes something is answered so, reads are not', () => {
  const gitlab = useGitlab({ now: () => start })

  test.each(Object.entries(lines))('%s', async (_name, line) => {
    for (const reply of Object.values(replies)) {
      gitlab().script('master', { pipeline: ['failed'] })
      if (gitlab().pipelines.length === 0) gitlab().addPipeline({ failingJob: 'run_tests' })
      const fault: Fault = reply
        ? {
            kind: 'answer',
            contentType: 'application/json',
            ...reply,
            ...(reply.type && { contentType: reply.type }),
          }
        : { kind: 'reset after' }
      for (const method of ['POST', 'PUT', 'DELETE']) gitlab().failNext({ ...fault, method })
      const before = gitlab().requests.length
      const result = await typed(line, gitlab(), gitlab().requests)
      const sent = gitlab().requests.slice(before)
      expectQuiet(
        result,
        sent.map(({ method, path }) => (path.includes('/trigger/') ? 'trial' : method)),
      )
    }
  })
})

test.each([
  'tokens',
  'tokens lst',
  'status',
  'wait x --nope',
  'config shw',
  'schedule gitlab x',
  'cancel',
  'doctor x',
])('a mistake in "%s"', async (line) => {
  const { code, mail } = await run(line)
  expect({ code, said: aboutTriggering(mail) }).toMatchObject({ said: [] })
})

test.each(['--nope', 'run --nope', 'recipe --nope', 'schedule gitlab run --nope'])(
  'a mistake in "%s" says that nothing was triggered',
  async (line) => {
    const { code, stderr } = await run(line)
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('No pipeline was created.') as string,
    })
  },
)
