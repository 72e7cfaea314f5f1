import type { Socket } from 'node:net'

/** What a response may take beside its content, in bytes: status line, headers, interim responses, framing of chunks. */
const mostOverhead = 1024 * 1024

/** More of it for each byte of content: a chunk of one byte takes five bytes of framing. */
const mostPerByte = 16

/** The overhead of one response. */
export interface Overhead {
  /** So many bytes of content were handed on. */
  add(content: number): void
  /** The response is over. */
  end(): void
}

/** Why a connection is closed whose response is longer than allowed. */
export function tooLarge(): Error {
  return Object.assign(new Error('too large'), { code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE' })
}

/**
 * Closes the socket when the response that comes next has too much overhead. undici limits headers and content only, and would read a status line
 * without an end, blank lines or chunk extensions for as long as they come; how much memory Node needs for that depends on its version.
 * For a socket that undici already reads from.
 */
export function limitOverhead(socket: Socket): Overhead {
  let most = socket.bytesRead + mostOverhead
  const check = (): void => {
    if (socket.bytesRead > most) socket.destroy(tooLarge())
  }
  socket.on('readable', check)
  return {
    add(content) {
      most += content * mostPerByte
    },
    end: () => void socket.off('readable', check),
  }
}
