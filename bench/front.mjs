// A gateway on a raw socket in front of the sandbox that plays one fault schedule. The sandbox counts the
// pipelines.
import { request } from 'node:http'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { startSandbox } from '../build/sandbox/server.js'

const laterMs = 200
const afterMs = 20

/** No process gets port 1. Any other port that was just closed may soon belong to another call. */
const nobodyListens = 'http://127.0.0.1:1'

/** The parsed request, once it is complete. */
function wholeRequest(bytes) {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const [line, ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const headers = Object.fromEntries(
    lines.map((each) => [each.slice(0, each.indexOf(':')).toLowerCase(), each.replace(/^[^:]*: */, '')]),
  )
  const body = bytes.subarray(end + 4)
  if (body.length < Number(headers['content-length'] ?? 0)) return undefined
  const [method, path] = line.split(' ')
  return { method, path, headers, body }
}

/** Forwards a request to the sandbox. Resolves to the bytes of its response. */
function forward(url, { method, path, headers, body }) {
  return new Promise((resolve, reject) => {
    const options = { method, headers: { ...headers, connection: 'close' }, agent: false }
    const forwarded = request(new URL(path, url), options, (answer) => {
      const chunks = []
      answer.on('data', (chunk) => chunks.push(chunk))
      answer.on('end', () => resolve(bytesOf(answer.statusCode, answer.headers, Buffer.concat(chunks))))
      answer.on('error', reject)
    })
    forwarded.on('error', reject)
    forwarded.end(body)
  })
}

/** The same trigger by another user: with another nonce, or without one as curl sends it. */
function othersTrigger(received, how) {
  const text = received.body.toString('latin1')
  const part = /-+gitlab-trigger-\d+-form\r\n[^\r]*name="gitlab_trigger_id"\r\n\r\n([^\r]*)\r\n/.exec(text)
  const nonce = how.endsWith('by us') ? 'f'.repeat(part?.[1].length ?? 0) : ''
  const body =
    part === null ? text : text.replace(part[0], nonce === '' ? '' : part[0].replace(part[1], nonce))
  const bytes = Buffer.from(body, 'latin1')
  return { ...received, body: bytes, headers: { ...received.headers, 'content-length': bytes.length } }
}

function idIn(response) {
  return JSON.parse(response.subarray(response.indexOf('\r\n\r\n') + 4).toString()).id
}

function bytesOf(status, headers, body) {
  const passedHeaders = Object.entries(headers).filter(
    ([name]) => !['connection', 'keep-alive', 'transfer-encoding', 'content-length'].includes(name),
  )
  const lines = [...passedHeaders, ['connection', 'close'], ['content-length', body.length]]
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} Status\r\n${head}\r\n`), body])
}

function gatewayAnswer({ status, retryAfter }) {
  const headers = { 'content-type': 'text/html', date: new Date().toUTCString() }
  if (retryAfter !== undefined) headers['retry-after'] = retryAfter
  return bytesOf(status, headers, Buffer.from(`<html><h1>${status}</h1></html>\n`))
}

async function breakOff(socket, bytes, isReset) {
  socket.write(bytes)
  await sleep(20)
  if (isReset) socket.resetAndDestroy()
  else socket.end()
}

/** Sends the response of a step; `real` is the sandbox's response if the request was forwarded. */
function show(step, socket, real) {
  const head = real === undefined ? 0 : real.indexOf('\r\n\r\n') + 4
  switch (step.kind) {
    case 'plain':
      return socket.end(real)
    case 'answer':
      return socket.end(gatewayAnswer(step))
    case 'reset':
      return socket.resetAndDestroy()
    case 'fin':
      return socket.end()
    case 'cut': {
      if (step.how === 'half a head') return breakOff(socket, real.subarray(0, 9), false)
      const half = real.subarray(0, head + Math.floor((real.length - head) / 2))
      return breakOff(socket, half, step.how === 'reset')
    }
    case 'stalled body':
      return socket.write(real.subarray(0, head + 10))
    case 'silence':
      return undefined
    default:
      throw new Error(`unknown step: ${step.kind}`)
  }
}

/** Starts a sandbox behind a gateway that plays `steps`. `now` is the sandbox's clock. */
export async function startFront(steps, now = () => Date.now()) {
  const sandbox = await startSandbox({ now, paceMs: 0 })
  const remaining = [...steps]
  const pending = new Set()
  const sockets = new Set()
  const hidesVariables = steps.some((step) => step.hidesVariables)
  const theirs = []
  let posts = 0
  const track = (promise) => {
    const settled = promise.catch(() => undefined).finally(() => pending.delete(settled))
    pending.add(settled)
    return promise
  }
  const handle = async (received, socket) => {
    if (received.method !== 'POST') {
      if (hidesVariables && received.path.endsWith('/variables'))
        return show({ kind: 'answer', status: 403 }, socket)
      return show({ kind: 'plain' }, socket, await forward(sandbox.url, received))
    }
    posts += 1
    const step = remaining.shift() ?? { kind: 'plain', build: 'made', other: 'nobody' }
    const triggerByOther = async () => {
      theirs.push(idIn(await forward(sandbox.url, othersTrigger(received, step.other))))
    }
    if (step.other.startsWith('before')) await triggerByOther()
    if (step.other.startsWith('after')) track(sleep(afterMs).then(triggerByOther))
    const real = step.build === 'made' ? await forward(sandbox.url, received) : undefined
    if (step.build === 'later') track(sleep(laterMs).then(() => forward(sandbox.url, received)))
    return show(step, socket, real)
  }
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    if (remaining[0]?.kind === 'reset at accept') {
      remaining.shift()
      socket.resetAndDestroy()
      return
    }
    let bytes = Buffer.alloc(0)
    let isHandled = false
    socket.on('data', (chunk) => {
      if (isHandled) return
      bytes = Buffer.concat([bytes, chunk])
      const received = wholeRequest(bytes)
      if (received === undefined) return
      isHandled = true
      track(handle(received, socket)).catch(() => socket.destroy())
    })
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${server.address().port}`
  const stop = () =>
    new Promise((resolve) => {
      for (const socket of sockets) socket.destroy()
      server.close(() => resolve())
    })
  return {
    url: remaining[0]?.kind === 'nobody listens' ? nobodyListens : url,
    tokens: sandbox.tokens,
    /** Waits for pending work and closes everything. Resolves to the pipelines of this call, and to those of others. */
    async end() {
      while (pending.size > 0) await Promise.all(pending)
      await stop()
      const ids = sandbox.pipelines.map(({ id }) => id).filter((id) => !theirs.includes(id))
      await sandbox.close()
      return { ids, theirs, posts }
    },
  }
}
