import { resolveProxy } from '../../config/server/proxy.ts'
import type { RunFlags } from '../../options/run.ts'
import { startBudget } from '../../core/budget.ts'
import type { Context } from '../../core/context.ts'
import { DeadlineError } from '../../core/errors.ts'
import { send } from '../../http/send.ts'
import { explainConnectionFailure } from '../../http/explain-failure.ts'
import { transportOptions } from '../server-client.ts'
import { parseHeartbeat, type HeartbeatFlag } from '../../config/heartbeat-url.ts'

/** How long a monitor may take to answer, in ms. */
const limitMs = 10_000

/**
 * Sends one GET to the URL of a monitor, without anything about the run. Resolves to why it was not accepted,
 * or to undefined. Never throws: the pipeline has been triggered, whatever the monitor says.
 */
export async function pingHeartbeat(
  flag: HeartbeatFlag,
  url: URL,
  flags: RunFlags,
  context: Context,
): Promise<string | undefined> {
  const { origin, href, protocol } = url
  const server = {
    value: { base: origin, origin, isHttps: protocol === 'https:', isLoopback: false },
    origin: flag,
    name: undefined,
    entry: undefined,
    trust: 'full',
  } as const
  // The run's own limit holds for it too.
  const leftMs = Math.max(0, (context.writeLimits?.deadline ?? Infinity) - context.now())
  const budget = startBudget(
    {
      now: () => context.now(),
      alarm: (ms, ring) => context.alarm(ms, ring),
      interrupted: context.interrupted,
    },
    Math.min(limitMs, leftMs),
  )
  try {
    // The run has read tokens since the URL was checked, and it must hold none of them.
    parseHeartbeat(flag, href, context)
    const proxy = resolveProxy(flags, server, context)
    const transport = transportOptions(
      { ca: undefined, certificate: undefined, proxy, insecure: false },
      context,
    )
    const request = { policy: 'probe', method: 'GET', url: href, headers: {} } as const
    const outcome = await send(request, transport, budget.signal)
    if (outcome.kind === 'no answer' && budget.signal.reason instanceof DeadlineError)
      return leftMs < limitMs ? budget.signal.reason.message : `no answer within ${limitMs / 1000} s`
    if (outcome.kind === 'no answer') return explainConnectionFailure(outcome.error).what
    return outcome.status >= 200 && outcome.status < 300 ? undefined : `answer ${outcome.status}`
  } catch (error) {
    return error instanceof Error ? error.message : 'unknown trouble'
  } finally {
    budget.end()
  }
}
