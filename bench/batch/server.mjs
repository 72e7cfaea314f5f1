// A minimal server that clients accept as GitLab, in its own process: it answers a trigger after so many ms, the first
// argument, and prints its port. GET /seen tells what it has seen since it was asked last.
import { createServer } from 'node:http'

const delayMs = Number(process.argv[2])
const nothing = { posts: 0, reused: 0, first: null }
let seen = { ...nothing }
let id = 4711
/** Connections that have carried a POST. */
const used = new WeakSet()

const pipeline = () => {
  id += 1
  return JSON.stringify({
    id,
    iid: 12,
    project_id: 9,
    sha: '2b7f7cbd3b2a7d0ad5a3e5f4d8f4a6c3b1e0f9d8',
    ref: 'main',
    status: 'created',
    source: 'trigger',
    created_at: '2026-11-22T12:00:00.000Z',
    updated_at: '2026-11-22T12:00:00.000Z',
    web_url: `https://gitlab.example.com/group/app/-/pipelines/${id}`,
    before_sha: '0000000000000000000000000000000000000000',
    tag: false,
    yaml_errors: null,
    user: {
      id: 1,
      username: 'root',
      name: 'Administrator',
      state: 'active',
      locked: false,
      avatar_url: null,
    },
    started_at: null,
    finished_at: null,
    committed_at: null,
    duration: null,
    queued_duration: null,
    coverage: null,
    detailed_status: {
      icon: 'status_created',
      text: 'Created',
      label: 'created',
      group: 'created',
      tooltip: 'created',
    },
  })
}

function answer(request, response) {
  const json = { 'content-type': 'application/json' }
  request.resume()
  if (request.method === 'GET') {
    response.writeHead(200, json).end(JSON.stringify(seen))
    seen = { ...nothing }
    return
  }
  seen.posts += 1
  seen.first ??= Date.now()
  if (used.has(request.socket)) seen.reused += 1
  used.add(request.socket)
  request.on('end', () => setTimeout(() => response.writeHead(201, json).end(pipeline()), delayMs))
}

const server = createServer({ keepAliveTimeout: 60_000 }, answer)
server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () => {
  console.log(server.address().port)
})
