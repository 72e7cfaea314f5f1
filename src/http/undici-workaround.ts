import type { Socket } from 'node:net'

/** What undici 7 keeps at a socket: its parser, which is paused while nobody takes what was read. */
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
 * Lets undici's parser go on when its socket ends. An answer that is read slowly pauses it, and a server that closes the connection then ends
 * the process with an assertion, or takes the end of a whole answer for a break (undici issue 5360: mended in version 8, which needs Node 22). For
 * a socket of which nobody else was told yet.
 */
export function unpauseAtEnd(socket: Pick<Socket, 'on' | 'destroyed' | 'readableLength'>): void {
  const unpause = (): void => {
    const parser = parserOf(socket)
    if (!parser) return
    // What it hands on may pause it again; what it did not take is back in the socket then.
    let before = Infinity
    while (parser.paused && !socket.destroyed && socket.readableLength < before) {
      before = socket.readableLength
      parser.resume()
    }
    if (!parser.paused) return
    // All is handed on; what is left is to let it know of the end, which it does not believe in a pause.
    if (parser.ptr !== null) parser.llhttp.llhttp_resume(parser.ptr)
    parser.paused = false
  }
  for (const event of ['end', 'error', 'close']) socket.on(event, unpause)
}
