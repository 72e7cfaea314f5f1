import type { Context } from '../../core/context.ts'
import type { Logs } from '../followed.ts'

/** How long the next poll waits for logs, in ms: an endless one must not hide the end of the pipeline. */
const logsMs = 10_000

/** Prints logs in parallel with the polls where that takes long. Each call throws what has failed in the meantime. */
export function parallelLogs(logs: Logs, { alarm }: Pick<Context, 'alarm'>): Logs {
  let pulling: Promise<void> | undefined
  return {
    note: (pipeline) => {
      logs.note(pipeline)
    },
    async pull(pipeline) {
      // Until the next pull a retry may have replaced some of its jobs.
      logs.note(pipeline)
      pulling ??= logs.pull(pipeline).finally(() => {
        pulling = undefined
      })
      const current = pulling
      current.catch(() => undefined)
      let stopAlarm: () => void = () => undefined
      const late = new Promise<void>((resolve) => {
        stopAlarm = alarm(logsMs, resolve)
      })
      await Promise.race([current, late]).finally(stopAlarm)
    },
    async finish(pipeline) {
      await pulling
      return logs.finish(pipeline)
    },
  }
}
