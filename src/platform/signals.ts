import { fstatSync, readSync } from 'node:fs'
import { isatty } from 'node:tty'
import { Interrupted } from '../core/errors.ts'
import type { SignalName } from '../core/exit-codes.ts'
import { rulesOf } from '../core/system/platforms.ts'

/**
 * Whether nohup started this process. Node resets the ignored SIGHUP that it inherits (docs/guarantees.md#8.1), so
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

const numbers: Readonly<Record<SignalName, number>> = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }

/** The part of the process that signals come to and that ends it. */
type Stopped = Pick<NodeJS.Process, 'platform'> & {
  on(name: NodeJS.Signals, heard: () => void): unknown
  exit(code: number): unknown
}

/** A signal that aborts when the process is first told to stop; the second time it exits (docs/guarantees.md#G14). */
export function interruption(target: Stopped = process): AbortSignal {
  const controller = new AbortController()
  const { stops, hasNohup } = rulesOf(target)
  for (const [name, meant] of Object.entries(stops) as [NodeJS.Signals, SignalName][]) {
    target.on(name, () => {
      if (name === 'SIGHUP' && hasNohup && isUnderNohup()) return
      if (controller.signal.aborted) target.exit(128 + numbers[meant])
      else controller.abort(new Interrupted(meant))
    })
  }
  return controller.signal
}
