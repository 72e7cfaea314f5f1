import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import { listen } from './listen.ts'
import { runIn, type Line, type Result } from './run.ts'
import { newWorld, start, type World } from './world.ts'

/** An answer to a request for the log: status, body, and headers besides its type. */
export interface TraceAnswer {
  status?: number
  body: string | Buffer
  headers?: IncomingHttpHeaders
}

/** One job of pipeline 500: how often the pipeline is read until it ends, how it ends, and what its log is. */
export interface TracedJob {
  endsAtLook?: number
  status?: 'success' | 'failed'
  /** How long ago it ended when it is first seen to have, in ms. */
  endedMsAgo?: number
  erasedAt?: string
  /** Answers the request for the log with this number, from 1; `offset` is undefined where it asks for all. */
  trace: (request: {
    number: number
    look: number
    offset: number | undefined
    limit: number | undefined
  }) => TraceAnswer | string
  /** In place of the list of jobs. */
  jobs?: TraceAnswer
}

/** Runs a line against a server that has pipeline 500 of project 9, and counts the requests for the log. */
export async function runAgainstTrace(
  { endsAtLook = 1, status = 'failed', endedMsAgo = 0, erasedAt, trace, jobs }: TracedJob,
  line: Line,
  prepare: (world: World) => void = () => undefined,
): Promise<Result & { traces: string[] }> {
  const traces: string[] = []
  const sockets = new Set<Socket>()
  const env: Record<string, string> = {
    GITLAB_TRIGGER_PROJECT: '9',
    GITLAB_TRIGGER_API_TOKEN: 'glpat-of-the-test-0123456789',
  }
  const world = newWorld({ env })
  let look = 0
  let endedAt: number | undefined
  const iso = (ms: number): string => new Date(ms).toISOString()
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://x')
    const now = world.context.now()
    const send = ({ status: code = 200, body, headers = {} }: TraceAnswer, type: string): void => {
      response
        .writeHead(code, { 'content-type': type, date: new Date(now).toUTCString(), ...headers })
        .end(body)
    }
    const json = (body: unknown): void => {
      send({ body: JSON.stringify(body) }, 'application/json')
    }
    if (url.pathname.endsWith('/pipelines/500')) look += 1
    const isOver = look >= endsAtLook
    if (isOver) endedAt ??= now - endedMsAgo
    const state = isOver ? status : 'running'
    if (url.pathname.endsWith('/trace')) {
      traces.push(url.search)
      const number = (name: string): number | undefined =>
        url.searchParams.has(name) ? Number(url.searchParams.get(name)) : undefined
      const answer = trace({
        number: traces.length,
        look,
        offset: number('byte_offset'),
        limit: number('byte_limit'),
      })
      send(typeof answer === 'string' ? { body: answer } : answer, 'text/plain')
    } else if (url.pathname.endsWith('/pipelines/500')) {
      json({
        id: 500,
        project_id: 9,
        ref: 'main',
        sha: 'a'.repeat(40),
        status: state,
        started_at: iso(start),
      })
    } else if (url.pathname.endsWith('/jobs')) {
      if (jobs) send(jobs, 'application/json')
      else
        json([
          {
            ...{ id: 1, name: 'unit', stage: 'test', status: state, started_at: iso(start), tag_list: [] },
            ...{ finished_at: endedAt === undefined ? null : iso(endedAt), erased_at: erasedAt ?? null },
          },
        ])
    } else json([])
  })
  server.on('connection', (socket: Socket) => sockets.add(socket))
  const { port, close } = await listen(server, sockets)
  env['GITLAB_TRIGGER_SERVER'] = `http://127.0.0.1:${port}`
  prepare(world)
  try {
    return { ...(await runIn(world, line)), traces }
  } finally {
    await close()
  }
}
