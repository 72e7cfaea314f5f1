import { connect } from 'node:net'
import { startSandbox } from '../../src/sandbox/server.ts'
import type { Fault, Sandbox } from '../../src/sandbox/server.ts'
import { converse, exchange, get } from './helpers/raw.ts'

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox({ now: () => 0 })
})
afterEach(() => sandbox.close())

const path = '/api/v4/projects/9/trigger/pipeline'

function bytes(): Buffer {
  const body = `token=${sandbox.tokens.trigger}&ref=master`
  const head = [
    `POST ${path} HTTP/1.1`,
    'Host: localhost',
    'Connection: close',
    'Content-Type: application/x-www-form-urlencoded',
    `Content-Length: ${body.length}`,
  ]
  return Buffer.from([...head, '', body].join('\r\n'))
}

const badGateway = { kind: 'answer', status: 502, body: 'GitLab is not responding' } as const

// prettier-ignore
const faults: [name: string, fault: Fault, first: string, pipelines: number, outcome: string][] = [
  ['answer', badGateway, 'HTTP/1.1 502 Bad Gateway', 0, 'answered'],
  ['answer, then', { ...badGateway, createThen: true }, 'HTTP/1.1 502 Bad Gateway', 1, 'answered'],
  ['reset', { kind: 'reset' }, '', 0, 'reset'],
  ['reset after', { kind: 'reset after' }, '', 0, 'reset'],
  ['reset after, then', { kind: 'reset after', createThen: true }, '', 1, 'reset'],
  ['cut', { kind: 'cut' }, 'HTTP/1.1 201 Created', 1, 'cut'],
]

test.each(faults)('%s', async (_, fault, first, pipelines, outcome) => {
  sandbox.failNext(fault)
  const reply = await converse(sandbox.url, bytes())
  expect(reply.toString().split('\r\n')[0]).toBe(first)
  expect(sandbox.pipelines.length).toBe(pipelines)
  expect(sandbox.requests.map((seen) => seen.outcome)).toEqual([outcome])
  const after = await converse(sandbox.url, bytes())
  expect(after.toString()).toMatch(/^HTTP\/1.1 201 /)
  expect(sandbox.pipelines.length).toBe(pipelines + 1)
})

test('cut leaves out the second half of the body', async () => {
  sandbox.failNext({ kind: 'cut' })
  const reply = (await converse(sandbox.url, bytes())).toString()
  const [head, body] = reply.split('\r\n\r\n')
  const length = Number(/content-length: (\d+)/i.exec(head!)?.[1])
  expect(body).toHaveLength(Math.floor(length / 2))
})

test('stall never answers, and closing ends it', async () => {
  sandbox.failNext({ kind: 'stall', createThen: true })
  const silence = converse(sandbox.url, bytes())
  while (sandbox.requests[0]?.outcome !== 'stalled') await new Promise((resolve) => setImmediate(resolve))
  await sandbox.close()
  expect((await silence).length).toBe(0)
  expect(sandbox.pipelines.length).toBe(1)
  sandbox = await startSandbox({ now: () => 0 })
})

test('faults wait for the request they are for, in their order', async () => {
  sandbox.failNext({ kind: 'answer', status: 503, method: 'post', path: '/trigger/' })
  sandbox.failNext({ kind: 'answer', status: 429, path: /pipelines$/, headers: { 'Retry-After': '11' } })
  sandbox.failNext({ kind: 'answer', status: 500, path: /pipelines$/ })
  const mine = [`PRIVATE-TOKEN: ${sandbox.tokens.api}`]
  const statuses: number[] = []
  for (let turn = 0; turn < 3; turn += 1) {
    const reply = await get(sandbox.url, '/api/v4/projects/9/pipelines', mine)
    statuses.push(reply.status)
    if (turn === 0) expect(reply.headers['retry-after']).toBe('11')
  }
  expect(statuses).toEqual([429, 500, 200])
  expect((await converse(sandbox.url, bytes())).toString()).toMatch(/^HTTP\/1.1 503 /)
})

test('requests are kept as they came', async () => {
  await converse(sandbox.url, bytes())
  const [seen] = sandbox.requests
  expect(seen).toMatchObject({ method: 'POST', path, status: 201, outcome: 'answered' })
  expect(seen!.fields).toEqual([
    ['token', Buffer.from(sandbox.tokens.trigger)],
    ['ref', Buffer.from('master')],
  ])
  expect(seen!.rawHeaders).toContain('Host')
  expect(seen!.body.toString()).toBe(`token=${sandbox.tokens.trigger}&ref=master`)
})

test('a request that breaks off is kept as such, and makes nothing', async () => {
  const socket = connect(Number(new URL(sandbox.url).port), '127.0.0.1')
  socket.write(bytes().subarray(0, -3))
  while (sandbox.requests.length === 0) await new Promise((resolve) => setImmediate(resolve))
  socket.destroy()
  while (sandbox.requests[0]?.outcome === 'open') await new Promise((resolve) => setImmediate(resolve))
  expect(sandbox.requests[0]).toMatchObject({ outcome: 'broken off', status: undefined })
  expect(sandbox.pipelines).toEqual([])
})

// prettier-ignore
const hostile: [string, string][] = [
  ['no HTTP at all', 'hello\r\n\r\n'],
  ['a length that is none', `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n`],
  ['a broken chunk', `POST ${path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`],
  ['a strange target', 'GET *?%%% HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'],
  ['percent signs', 'GET /api/v4/projects/%zz?a=%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'],
  ['deep names', `GET /api/v4/version?a${'[b]'.repeat(500)}=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`],
  ['__proto__ in the query', 'GET /api/v4/projects/9/pipelines?__proto__[x]=1&order_by=__proto__ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'],
]

test.each(hostile)('lives through %s', async (_, text) => {
  expect((await converse(sandbox.url, Buffer.from(text))).toString()).toMatch(/^HTTP\/1.1 4/)
  expect((await converse(sandbox.url, bytes())).toString()).toMatch(/^HTTP\/1.1 201 /)
})

describe('pages for people', () => {
  test('the first one has a line to try', async () => {
    const reply = await get(sandbox.url, '/')
    expect(reply.body.toString()).toContain(`curl -X POST -F token=${sandbox.tokens.trigger} -F ref=master`)
  })

  test('the requests show no token', async () => {
    await converse(sandbox.url, bytes())
    await get(sandbox.url, `/api/v4/version?private_token=${sandbox.tokens.api}`, [
      `JOB-TOKEN: ${sandbox.tokens.job}`,
    ])
    await get(sandbox.url, '/api/v4/version', [
      'PRIVATE-TOKEN: some-real-one',
      'X-Other: glpat-abcdefghijklmnopqrst',
    ])
    const shown = (await get(sandbox.url, '/sandbox/requests')).body.toString()
    for (const token of Object.values(sandbox.tokens) as string[]) expect(shown).not.toContain(token)
    expect(shown).not.toMatch(/some-real-one|glpat-/)
    expect(JSON.parse(shown)).toMatchObject([
      {
        method: 'POST',
        fields: [
          ['token', '[MASKED]'],
          ['ref', 'master'],
        ],
      },
      { path: '/api/v4/version?private_token=[MASKED]' },
      { status: 401 },
    ])
    expect(sandbox.requests).toHaveLength(3)
  })

  // prettier-ignore
  const sent: [string, number][] = [
    ['{"status":502,"body":"x","path":"trigger","createThen":true}', 201], ['{"kind":"cut"}', 201],
    ['{"kind":"nothing"}', 400], ['{}', 400], ['{"status":99}', 400], ['[]', 400], ['{', 400], ['{"status":500,"path":1}', 400],
  ]
  test.each(sent)('a fault of %s: %i', async (text, status) => {
    const head = ['POST /sandbox/faults HTTP/1.1', `Content-Length: ${text.length}`]
    expect((await exchange(sandbox.url, { head, body: Buffer.from(text) })).status).toBe(status)
    const next = await converse(sandbox.url, bytes())
    const fails = !next.toString().endsWith('}')
    expect(fails).toBe(status === 201)
  })
})
