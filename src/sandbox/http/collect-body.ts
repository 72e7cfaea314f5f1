import type { IncomingMessage } from 'node:http'
import type { Answer } from './answer.ts'
import { text } from './answer.ts'
import type { SeenRequest } from './seen.ts'

/** GitLab's limit of a body: the default of its Workhorse (docs/gitlab.md#6). */
const mostBytes = 100 * 1024 * 1024

/** The refusal of a body that is too large. */
export const tooLarge = (): Answer => {
  const refused = text(413, 'Request Entity Too Large\n')
  return { ...refused, headers: { ...refused.headers, connection: 'close' } }
}

/**
 * Reads a body. One that is too large is given up as soon as that shows: `whenTooLarge` is called, once, and what comes after is read
 * and thrown away, since a client that is still sending would see a reset in place of the answer.
 */
export function collectBody(
  request: IncomingMessage,
  seen: SeenRequest | undefined,
  whenWhole: (body: Buffer) => void,
  whenTooLarge: () => void,
): void {
  let chunks: Buffer[] = []
  let bytes = 0
  let isTooLarge = false
  const giveUp = (): void => {
    isTooLarge = true
    chunks = []
    whenTooLarge()
  }
  if (Number(request.headers['content-length']) > mostBytes) giveUp()
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (isTooLarge) return
    if (bytes > mostBytes) giveUp()
    else chunks.push(chunk)
  })
  request.on('end', () => {
    if (!isTooLarge) whenWhole(Buffer.concat(chunks))
  })
  request.on('error', () => undefined)
  request.on('close', () => {
    if (request.complete || seen?.outcome !== 'open') return
    seen.body = Buffer.concat(chunks)
    seen.outcome = 'broken off'
  })
}
