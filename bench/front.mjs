// A gateway on a raw socket in front of the sandbox: it plays one schedule and counts nothing; the sandbox knows what was built.
import { request } from 'node:http'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { startSandbox } from '../build/sandbox/server.js'

const laterMs = 200

/** Port 1 is never handed out; a free one that is closed again may soon be that of another call. */
const nobodyListens = 'http://127.0.0.1:1'

/** The request, once all of it has come. */
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

/** Has the sandbox do the work; resolves to its answer, as bytes. */
function passOn(url, { method, path, headers, body }) {
  return new Promise((resolve, reject) => {
    const options = { method, headers: { ...headers, connection: 'close' }, agent: false }
    const passed = request(new URL(path, url), options, (answer) => {
      const chunks = []
      answer.on('data', (chunk) => chunks.push(chunk))
      answer.on('end', () => resolve(bytesOf(answer.statusCode, answer.headers, Buffer.concat(chunks))))
      answer.on('error', reject)
    })
    passed.on('error', reject)
    passed.end(body)
  })
}

function bytesOf(status, headers, body) {
  const kept = Object.entries(headers).filter(
    ([name]) => !['connection', 'keep-alive', 'transfer-encoding', 'content-length'].includes(name),
  )
  const lines = [...kept, ['connection', 'close'], ['content-length', body.length]]
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

/** What the client sees of a step; `real` is GitLab's own answer where the work was done. */
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

/** Starts a GitLab of its own behind a gateway that plays `steps`. `now` is GitLab's clock. */
export async function startFront(steps, now = () => Date.now()) {
  const sandbox = await startSandbox({ now, paceMs: 0 })
  const left = [...steps]
  const works = new Set()
  const sockets = new Set()
  let posts = 0
  const work = (promise) => {
    const kept = promise.catch(() => undefined).finally(() => works.delete(kept))
    works.add(kept)
    return promise
  }
  const meet = async (got, socket) => {
    if (got.method !== 'POST') return show({ kind: 'plain' }, socket, await passOn(sandbox.url, got))
    posts += 1
    const step = left.shift() ?? { kind: 'plain', build: 'made' }
    const real = step.build === 'made' ? await passOn(sandbox.url, got) : undefined
    if (step.build === 'later') work(sleep(laterMs).then(() => passOn(sandbox.url, got)))
    return show(step, socket, real)
  }
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    if (left[0]?.kind === 'reset at accept') {
      left.shift()
      socket.resetAndDestroy()
      return
    }
    let bytes = Buffer.alloc(0)
    let isMet = false
    socket.on('data', (chunk) => {
      if (isMet) return
      bytes = Buffer.concat([bytes, chunk])
      const got = wholeRequest(bytes)
      if (got === undefined) return
      isMet = true
      work(meet(got, socket)).catch(() => socket.destroy())
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
    url: left[0]?.kind === 'nobody listens' ? nobodyListens : url,
    tokens: sandbox.tokens,
    /** Waits for work that still goes on, closes everything; resolves to what was built. */
    async end() {
      while (works.size > 0) await Promise.all(works)
      await stop()
      const ids = sandbox.pipelines.map(({ id }) => id)
      await sandbox.close()
      return { ids, posts }
    },
  }
}
