import { fstatSync, readSync } from 'node:fs'
import { isatty } from 'node:tty'
import { Interrupted } from '../core/errors.ts'
import type { SignalName } from '../core/exit-codes.ts'

/**
 * Whether nohup started us. Node resets the ignored SIGHUP that it hands on (guarantees 8.1), but it also puts a terminal's stdin on
 * /dev/null, open for writing only; nobody else does that.
 */
function isUnderNohup(): boolean {
  try {
    if (!fstatSync(0).isCharacterDevice() || isatty(0)) return false
    readSync(0, Buffer.alloc(1), 0, 1, null)
    return false
  } catch (error) {
    return (error as { code?: unknown }).code === 'EBADF'
  }
}

/** Aborts at the first signal; the second one ends the process at once (guarantee G14). */
export function interruption(): AbortSignal {
  const controller = new AbortController()
  const numbers: Record<SignalName, number> = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }
  for (const [name, number] of Object.entries(numbers) as [SignalName, number][]) {
    process.on(name, () => {
      if (name === 'SIGHUP' && isUnderNohup()) return
      if (controller.signal.aborted) process.exit(128 + number)
      controller.abort(new Interrupted(name))
    })
  }
  return controller.signal
}
