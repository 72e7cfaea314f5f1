import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { unpauseAtEnd } from '../../src/http/undici-workaround.ts'

// In the real binary logs-process.test.ts holds it; how the system cuts an answer decides which of these it meets.

/** A socket that holds a number of bytes, with a parser that takes `taken` of them at a time and pauses each time, as undici's. */
function paused(held: number, taken: number, destroyed = false): { socket: Socket; resumes: () => number } {
  let resumes = 0
  const state = { readableLength: held, destroyed }
  const parser = {
    paused: true,
    ptr: null,
    resume() {
      resumes += 1
      state.readableLength = Math.max(0, state.readableLength - taken)
    },
  }
  const socket = Object.assign(new EventEmitter(), state, { [Symbol('parser')]: parser })
  Object.defineProperty(socket, 'readableLength', { get: () => state.readableLength })
  return { socket: socket as unknown as Socket, resumes: () => resumes }
}

// prettier-ignore
const rows: [name: string, held: number, taken: number, isDestroyed: boolean, resumes: number][] = [
  ['all of it, piece by piece', 4, 1, false, 5],
  ['nothing is left: it is told so once', 0, 1, false, 1],
  ['a parser that takes nothing is left alone', 4, 0, false, 1],
  ['a destroyed socket', 4, 1, true, 0],
]
test.each(rows)('%s', (_, held, taken, isDestroyed, wanted) => {
  const { socket, resumes } = paused(held, taken, isDestroyed)
  unpauseAtEnd(socket)
  socket.emit('end')
  expect(resumes()).toBe(wanted)
})
