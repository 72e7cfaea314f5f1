import { openHttpSession, type HttpSession, type SessionOptions } from '../../src/http/http-session.ts'

/** A session that repeats nothing and never ends a request by its clock, except for what `options` change. */
export function bareSession(url: string, options: Partial<SessionOptions> = {}): HttpSession {
  return openHttpSession(url, {
    transport: {},
    retries: 0,
    signal: new AbortController().signal,
    timing: { now: () => 0, sleep: () => Promise.resolve(), random: () => 0, deadline: 0 },
    listen: () => undefined,
    pausing: () => undefined,
    alarm: () => () => undefined,
    ...options,
  })
}
