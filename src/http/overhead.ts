import type { Socket } from 'node:net'

/** Allowed bytes of a response besides its content: status line, headers, interim responses, framing. */
const baseOverhead = 1024 * 1024

/** Additional bytes for each byte of content: a chunk of one byte has five bytes of framing. */
const overheadPerByte = 16

/** Limits the overhead of one response. */
export interface Overhead {
  /** Reports content that was passed on, in bytes. */
  add(content: number): void
  /** Ends the check after the response. */
  end(): void
}

/** A response is longer than allowed: another try would find it as long. */
export class ResponseTooLarge extends Error {
  override name = 'ResponseTooLarge'
  readonly code = 'UND_ERR_RES_EXCEEDED_MAX_SIZE'
  /** How long its content may be, in bytes; undefined where it is its overhead that is too long. */
  readonly limit: number | undefined

  constructor(limit?: number) {
    super('too large')
    this.limit = limit
  }
}

/**
 * Closes the socket if the next response has too much overhead. undici limits headers and content only. It
 * would read an endless status line, blank lines or chunk extensions forever, with a memory use that depends
 * on the version of Node. The socket must already be read by undici.
 */
export function limitOverhead(socket: Socket): Overhead {
  let limit = socket.bytesRead + baseOverhead
  const check = (): void => {
    if (socket.bytesRead > limit) socket.destroy(new ResponseTooLarge())
  }
  socket.on('readable', check)
  return {
    add(content) {
      limit += content * overheadPerByte
    },
    end: () => void socket.off('readable', check),
  }
}
