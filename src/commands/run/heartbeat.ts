import { resolveProxy } from '../../config/server/proxy.ts'
import type { RunFlags } from '../../options/run.ts'
import type { Context } from '../../core/context.ts'
import { send } from '../../http/send.ts'
import { explainConnectionFailure } from '../../http/explain-failure.ts'
import { transportOptions } from '../../session/server-client.ts'
import { parseHeartbeat } from '../../config/heartbeat-url.ts'

/** How long a monitor may take to answer, in ms. */
const limitMs = 10_000

/**
 * GETs the address once, with nothing of ours in it. Resolves to why it was not taken, or to undefined. Never throws: a build that was
 * triggered is no less triggered.
 */
export async function pingHeartbeat(
  url: URL,
  flags: RunFlags,
  context: Context,
): Promise<string | undefined> {
  const { origin, href, protocol } = url
  const server = {
    value: { base: origin, origin, isHttps: protocol === 'https:', isLoopback: false },
    origin: '--heartbeat',
    name: undefined,
    entry: undefined,
    trust: 'full',
  } as const
  const controller = new AbortController()
  const end = context.alarm(limitMs, () => {
    controller.abort(new Error(`no answer within ${limitMs / 1000} s`))
  })
  try {
    // A token that was read meanwhile may be in it too.
    parseHeartbeat(href, context)
    const proxy = resolveProxy(flags, server, context)
    const way = transportOptions({ ca: undefined, certificate: undefined, proxy, insecure: false }, context)
    const signal = AbortSignal.any([controller.signal, context.interrupted])
    const outcome = await send({ policy: 'probe', method: 'GET', url: href, headers: {} }, way, signal)
    if (outcome.kind === 'no answer') return explainConnectionFailure(outcome.error).what
    return outcome.status >= 200 && outcome.status < 300 ? undefined : `answer ${outcome.status}`
  } catch (error) {
    return error instanceof Error ? error.message : 'unknown trouble'
  } finally {
    end()
  }
}
