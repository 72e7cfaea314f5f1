import { createServer, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { listen } from '../helpers/listen.ts'
import { run, type Result } from '../helpers/run.ts'

// A page of a list may be larger than an answer may be: the same entries come in smaller pages.

const limit = 16 * 1024 * 1024

const pipeline = {
  ...{ id: 4711, iid: 1, project_id: 9, ref: 'master', sha: 'a'.repeat(40), status: 'success' },
  source: 'trigger',
}

interface Seen {
  path: string
  perPage: number
  page: number
}

/** How a page that is too large comes. */
type Sends = (response: ServerResponse) => void
const announced: Sends = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': limit + 1 }).write('[')
}
const unannounced: Sends = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(`[${' '.repeat(limit)}]`)
}

/** Types a line at a server whose pages of more than `most` entries are too large; some begin with the entry `from`. */
async function typed(
  line: string,
  count: number,
  { most, from = 0, sends = announced }: { most: number; from?: number; sends?: Sends },
): Promise<Result & { seen: Seen[] }> {
  const seen: Seen[] = []
  const sockets = new Set<Socket>()
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x')
    const path = pathname.replace('/api/v4/projects/9', '')
    const perPage = Number(searchParams.get('per_page'))
    const page = Number(searchParams.get('page'))
    const send = (body: unknown, headers = {}): void => {
      response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
    }
    if (path === '/pipelines/4711') {
      send(pipeline)
      return
    }
    if (/\/(bridges|variables|tags)$/.test(path)) {
      send([])
      return
    }
    seen.push({ path, perPage, page })
    const first = (page - 1) * perPage
    if (perPage > most && first + perPage > from) {
      sends(response)
      return
    }
    const entries = Array.from({ length: count }, (_, at) => entryOf(path, at)).slice(first, first + perPage)
    send(entries, { 'x-next-page': first + perPage < count ? page + 1 : '' })
  })
  server.on('connection', (socket) => sockets.add(socket))
  const { port, close } = await listen(server, sockets)
  try {
    const result = await run(line, {
      env: {
        GITLAB_TRIGGER_SERVER: `http://127.0.0.1:${port}`,
        GITLAB_TRIGGER_PROJECT: '9',
        GITLAB_TRIGGER_API_TOKEN: 'glpat-0123456789abcdef',
      },
    })
    return { ...result, seen }
  } finally {
    await close()
  }
}

function entryOf(path: string, at: number): Record<string, unknown> {
  const id = 9001 + at
  if (path.endsWith('/jobs')) return { id, name: `job ${id}`, stage: 'test', status: 'success' }
  if (path.endsWith('/branches')) return { id, name: `branch-${id}`, default: false, protected: false }
  if (path.endsWith('/triggers')) return { id, token: 'abcd', description: `${id}` }
  if (path.endsWith('/pipeline_schedules')) return { id, description: 'x', ref: 'master', active: true }
  return { ...pipeline, id, path_with_namespace: `group/p${id}` }
}

/** The numbers of the entries in an output, in their order. */
const numbersIn = (stdout: string): number[] =>
  [...new Set((stdout.match(/\b9\d{3}\b/g) ?? []).map(Number))].sort((a, b) => a - b)

const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => 9001 + at)

const jobs = '/pipelines/4711/jobs'
const pages = (perPage: number, from: number, to: number): Seen[] =>
  Array.from({ length: to - from + 1 }, (_, at) => ({ path: jobs, perPage, page: from + at }))

// prettier-ignore
const rows: [name: string, count: number, how: Parameters<typeof typed>[2], seen: Seen[]][] = [
  ['none is too large', 250, { most: 100 }, pages(100, 1, 3)],
  ['the first is', 50, { most: 20 }, [...pages(100, 1, 1), ...pages(20, 1, 3)]],
  ['the first is, of unknown length', 50, { most: 20, sends: unannounced }, [...pages(100, 1, 1), ...pages(20, 1, 3)]],
  ['the third is', 250, { most: 20, from: 200 }, [...pages(100, 1, 3), ...pages(20, 11, 13)]],
  ['those of 20 are too', 230, { most: 5, from: 200 }, [...pages(100, 1, 3), ...pages(20, 11, 11), ...pages(5, 41, 46)]],
  ['those of 20 are, later', 130, { most: 5, from: 120 }, [...pages(100, 1, 2), ...pages(20, 6, 7), ...pages(5, 25, 26)]],
]

test.each(rows)('jobs, where %s: none is lost or doubled', async (_, count, how, seen) => {
  const result = await typed('status 4711 --json', count, how)
  expect(result).toMatchObject({ code: 0 })
  const { jobs: found } = JSON.parse(result.stdout) as { jobs: { id: number }[] }
  expect(found.map(({ id }) => id)).toEqual(numbers(count))
  expect(result.seen.filter(({ path }) => path === jobs)).toEqual(seen)
})

test.each([
  ['pipelines --limit 150', 150],
  ['refs', 150],
  ['projects p --limit 150', 150],
  ['tokens list', 150],
  ['schedule gitlab list', 150],
])('%s: the same', async (line, count) => {
  const { code, stdout, seen } = await typed(line, count, { most: 20, from: 100 })
  expect(code).toBe(0)
  expect(numbersIn(stdout)).toEqual(numbers(count))
  expect(seen.map(({ perPage }) => perPage)).toEqual(expect.arrayContaining([100, 20]))
})

test('what was found to be small enough is asked for the next time', async () => {
  const { code, seen } = await typed('logs 4711 --follow --poll-interval 1s', 0, { most: 20 })
  expect(code).toBe(0)
  const sizes = seen.filter(({ path }) => path === jobs).map(({ perPage }) => perPage)
  expect(sizes.length).toBeGreaterThan(2)
  expect(sizes.filter((size) => size === 100)).toHaveLength(1)
})

test('five that are too large: said with the limit, and not asked for again', async () => {
  const { code, stderr, seen } = await typed('tokens list', 10, { most: 1 })
  expect(code).not.toBe(0)
  expect(stderr).toContain('the answer is larger than the limit of 16.8 MB')
  expect(seen.map(({ perPage }) => perPage)).toEqual([100, 20, 5])
})
