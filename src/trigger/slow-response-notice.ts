import type { Settings } from '../config/settings.ts'
import type { RunContext } from './run-context.ts'

/** How long people wait for a response before they wonder, in ms. */
const noticeableMs = 5000

/**
 * Notes after a while which server the run is waiting for, where a user watches (docs/guarantees.md#T82).
 * The returned function stops that.
 */
export function noticeSlowAnswer(
  { server }: Pick<Settings, 'server'>,
  { options, context, report }: RunContext,
): () => void {
  const { timeout, following } = options
  if (!following.showsTime || timeout.value <= noticeableMs) return () => undefined
  return context.alarm(noticeableMs, () => {
    const text = `Waiting for ${server.value.base}, at most ${timeout.value / 1000} s.`
    void report({ type: 'noted', text })
  })
}
