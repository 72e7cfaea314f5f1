// A minimal server that clients accept as GitLab, in its own process: it answers a trigger after a given number of ms, the first
// argument, and prints its port. GET /seen tells what it has seen since it was asked last.
import { createServer } from 'node:http'
import { pipelineAnswer } from '../pipeline-answer.mjs'

const delayMs = Number(process.argv[2])
const nothing = { posts: 0, reused: 0, first: null }
let seen = { ...nothing }
let id = 4711
/** Connections that have carried a POST. */
const used = new WeakSet()

const pipeline = () => {
  id += 1
  return pipelineAnswer(id, 'main')
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
