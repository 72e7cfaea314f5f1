// A minimal server that clients accept as GitLab, over http and https, in its own process. It prints its
// addresses.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'

const pipeline = JSON.stringify({
  id: 4711,
  iid: 12,
  project_id: 9,
  sha: '2b7f7cbd3b2a7d0ad5a3e5f4d8f4a6c3b1e0f9d8',
  ref: 'master',
  status: 'created',
  source: 'trigger',
  created_at: '2026-11-22T12:00:00.000Z',
  updated_at: '2026-11-22T12:00:00.000Z',
  web_url: 'https://gitlab.example.com/group/app/-/pipelines/4711',
  before_sha: '0000000000000000000000000000000000000000',
  tag: false,
  yaml_errors: null,
  user: { id: 1, username: 'root', name: 'Administrator', state: 'active', locked: false, avatar_url: null },
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

function answer(request, response) {
  request.resume()
  request.on('end', () => {
    response.writeHead(request.method === 'POST' ? 201 : 200, { 'content-type': 'application/json' })
    response.end(/\/(jobs|bridges|variables)\b/.test(request.url) ? '[]' : pipeline)
  })
}

const [certificate, key] = process.argv.slice(2)
const plain = createServer(answer)
const secure = createTlsServer({ cert: readFileSync(certificate), key: readFileSync(key) }, answer)
plain.listen(0, '127.0.0.1', () => {
  secure.listen(0, '127.0.0.1', () => {
    console.log(JSON.stringify({ http: plain.address().port, https: secure.address().port }))
  })
})
