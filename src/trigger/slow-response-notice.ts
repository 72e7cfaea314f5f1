import type { Settings } from '../config/settings.ts'
import type { Plan } from '../config/plan.ts'
import type { Context } from '../core/context.ts'
import type { Reporter } from '../events.ts'

/** How long people wait for an answer before they wonder, in ms. */
const patienceMs = 5000

/** Says at a terminal, after a while, what is being waited for (T82). The returned function stops that. */
export function noticeSlowAnswer(
  { server }: Pick<Settings, 'server'>,
  { timeout }: Pick<Plan, 'timeout'>,
  { stderr, alarm }: Pick<Context, 'stderr' | 'alarm'>,
  report: Reporter,
): () => void {
  if (!stderr.isTTY || timeout.value <= patienceMs) return () => undefined
  return alarm(patienceMs, () => {
    const text = `Waiting for ${server.value.base}, at most ${timeout.value / 1000} s.`
    void report({ type: 'noted', text })
  })
}
