import { Interrupted, TriggerError } from '../core/errors.ts'

/** Stops the work of one call. */
export interface StopSignal {
  /** Aborts as at the signal INT of a process. */
  signal: AbortSignal
  stop(): void
  /** Stops listening to the caller's signal. */
  end(): void
}

/** Makes the signal of a call, which aborts when that of its caller does. Throws a TriggerError where it has aborted already. */
export function stopSignal(caller: AbortSignal | undefined): StopSignal {
  if (caller?.aborted)
    throw new TriggerError({ exit: 'interrupt', message: 'signal: it was aborted before anything was sent' })
  const controller = new AbortController()
  const stop = (): void => {
    controller.abort(new Interrupted('SIGINT'))
  }
  caller?.addEventListener('abort', stop, { once: true })
  return { signal: controller.signal, stop, end: () => caller?.removeEventListener('abort', stop) }
}
