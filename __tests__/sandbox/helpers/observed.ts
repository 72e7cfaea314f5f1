import type { GitlabVersion, Sandbox } from '../../../src/sandbox/server.ts'
import { startSandbox } from '../../../src/sandbox/server.ts'
import type { Reply } from './raw.ts'
import { exchange, get } from './raw.ts'
import type { Build, Target } from './sent.ts'

/** The five columns of docs/gitlab.md#10.1. */
const columns = [
  { gitlab: '8.5', api: 'v3' },
  { gitlab: '8.17', api: 'v3' },
  { gitlab: '10.3', api: 'v3' },
  { gitlab: '10.3', api: 'v4' },
  { gitlab: '18.9', api: 'v4' },
] as const

/** A row: the case, the request, and what each column answers; `″` is as to the left. */
export type Row = [name: string, build: Build, ...cells: [string, string, string, string, string]]

const endpoints = { v3: '/api/v3/projects/9/trigger/builds', v4: '/api/v4/projects/9/trigger/pipeline' }

function abbreviated(variables: Record<string, string> | null): string {
  if (variables === null) return 'null'
  const count = Object.keys(variables).length
  if (count > 20) return `<${count} variables>`
  return JSON.stringify(variables, (_, value: unknown) =>
    typeof value === 'string' && value.length > 1000 ? `<${value.length} chars>` : value,
  )
}

function inWords(parsed: Record<string, unknown>): string {
  if (typeof parsed['error'] === 'string') {
    return parsed['error'] === '404 Not Found' ? 'E404' : `E: ${parsed['error']}`
  }
  const message = parsed['message']
  if (typeof message !== 'string') {
    const base = (message as { base?: string[] }).base?.[0]
    if (base === undefined) return JSON.stringify(parsed)
    return `base: ${base.replace('Failed to persist the pipeline: Validation failed:', '…failed:')}`
  }
  const short: Record<string, string> = {
    '404 Not Found': 'M404',
    '500 Internal Server Error': 'M500',
    'variables needs to be a map of key-valued strings': 'not-a-map',
    'variables needs to be a hash': 'not-a-hash',
  }
  return short[message] ?? `M: ${message}`
}

/** What GitLab itself shows of the variables of a pipeline, without the payload that it adds. */
async function stored(sandbox: Sandbox, id: number): Promise<string> {
  const path = `/api/v4/projects/9/pipelines/${id}/variables`
  const { body } = await get(sandbox.url, path, [`PRIVATE-TOKEN: ${sandbox.tokens.api}`])
  const list = JSON.parse(body.toString()) as { key: string; value: string; variable_type: string }[]
  const own = list.filter((row) => row.variable_type === 'env_var').map(({ key, value }) => [key, value])
  return abbreviated(Object.fromEntries(own) as Record<string, string>)
}

/** An answer in the words of the table. */
async function cell(sandbox: Sandbox, gitlab: GitlabVersion, reply: Reply): Promise<string> {
  const { status, body } = reply
  const type = reply.headers['content-type'] ?? ''
  if (body.length === 0) return String(status)
  if (type.startsWith('text/html')) return `${status} html`
  if (type.startsWith('text/plain')) return `${status} text`
  const parsed = JSON.parse(body.toString()) as Record<string, unknown>
  if (status !== 201) return `${status} ${inWords(parsed)}`
  if ('variables' in parsed) return `201 ${abbreviated(parsed['variables'] as Record<string, string> | null)}`
  return gitlab === '18.9' && parsed['project_id'] === 9
    ? `201 ${await stored(sandbox, Number(parsed['id']))}`
    : '201'
}

async function send(sandbox: Sandbox, to: Target, build: Build): Promise<Reply> {
  const sent = build(to)
  const length = sent.chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${sent.body.length}`
  const chunks = [
    Buffer.from(`${sent.body.length.toString(16)}\r\n`),
    sent.body,
    Buffer.from('\r\n0\r\n\r\n'),
  ]
  const first = `${sent.method ?? 'POST'} ${sent.path ?? to.path} HTTP/1.1`
  const body = sent.chunked ? Buffer.concat(chunks) : sent.body
  return exchange(sandbox.url, { head: [first, ...sent.headers, length], body })
}

/** Declares one test per row, each sending the same bytes to every version. */
export function observe(rows: Row[]): void {
  const sandboxes = new Map<GitlabVersion, Sandbox>()
  beforeAll(async () => {
    for (const { gitlab } of columns) {
      if (!sandboxes.has(gitlab)) sandboxes.set(gitlab, await startSandbox({ gitlab, now: () => 0 }))
    }
  })
  afterAll(async () => {
    for (const sandbox of sandboxes.values()) await sandbox.close()
  })
  test.each(rows)('%s', async (_, build, ...cells) => {
    const expected = cells.map(
      (text, index) => cells.slice(0, index + 1).findLast((left) => left !== '″') ?? text,
    )
    const seen = await Promise.all(
      columns.map(async ({ gitlab, api }) => {
        const sandbox = sandboxes.get(gitlab)!
        const { trigger, otherTrigger } = sandbox.tokens
        const to = { api, path: endpoints[api], token: trigger, otherToken: otherTrigger }
        return cell(sandbox, gitlab, await send(sandbox, to, build))
      }),
    )
    expect(seen).toEqual(expected)
  })
}
