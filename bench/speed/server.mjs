// A minimal server that clients accept as GitLab, over http and https, in its own process. It prints its
// addresses.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { pipelineAnswer } from '../pipeline-answer.mjs'

const pipeline = pipelineAnswer(4711, 'master')

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
