import type { Socket } from 'node:net'

/** The parser that undici 7 attaches to a socket. It is paused while its output is not read. */
interface Parser {
  paused: boolean
  resume(): void
  llhttp: { llhttp_resume(parser: number): void }
  ptr: number | null
}

function parserOf(socket: object): Parser | undefined {
  const key = Object.getOwnPropertySymbols(socket).find(({ description }) => description === 'parser')
  return key && ((socket as Record<symbol, unknown>)[key] as Parser | undefined)
}

/**
 * Resumes undici's parser when its socket ends. A slowly read response pauses the parser. If the server then
 * closes the connection, undici ends the process with an assertion or reports a complete response as broken
 * (undici issue 5360, fixed in version 8, which needs Node 22). Call it for a new socket, before other
 * listeners are added.
 */
export function unpauseAtEnd(socket: Pick<Socket, 'on' | 'destroyed' | 'readableLength'>): void {
  const unpause = (): void => {
    const parser = parserOf(socket)
    if (!parser) return
    // Its output may pause it again; it puts back unread bytes into the socket.
    let previousLength = Infinity
    while (parser.paused && !socket.destroyed && socket.readableLength < previousLength) {
      previousLength = socket.readableLength
      parser.resume()
    }
    if (!parser.paused) return
    // All data is passed on. The parser ignores the end of the stream while it is paused.
    if (parser.ptr !== null) parser.llhttp.llhttp_resume(parser.ptr)
    parser.paused = false
  }
  for (const event of ['end', 'error', 'close']) socket.on(event, unpause)
}
