import type { EventEmitter } from 'node:events'

/** What undici 7 keeps at a socket: its parser, which is paused while nobody takes what was read. */
interface Parser {
  paused: boolean
  resume(): void
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
export function unpauseAtEnd(socket: Pick<EventEmitter, 'on'>): void {
  const unpause = (): void => {
    const parser = parserOf(socket)
    if (!parser?.paused) return
    parser.resume()
    // A destroyed socket resumes nothing.
    parser.paused = false
  }
  for (const event of ['end', 'error', 'close']) socket.on(event, unpause)
}
