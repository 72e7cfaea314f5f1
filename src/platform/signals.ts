import { fstatSync, readSync } from 'node:fs'
import { isatty } from 'node:tty'
import { Interrupted } from '../core/errors.ts'
import type { SignalName } from '../core/exit-codes.ts'

/**
 * Whether nohup started this process. Node resets the ignored SIGHUP that it inherits (guarantees 8.1), so
 * the signal tells nothing. But nohup replaces a terminal's stdin by /dev/null opened for writing only, which
 * nothing else does.
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

/** A signal that aborts when the process is first told to stop; the second time it exits (guarantee G14). */
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
