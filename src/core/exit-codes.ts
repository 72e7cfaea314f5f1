/** One row of the exit-code table: design.md section 6. The numbers never change meaning (guarantee G16). */
export interface ExitCode {
  code: number
  meaning: string
  /** What is true about the build when a run ends so. */
  build: string
  /** Whether the same command may be run again as it is. */
  again: string
}

/** Every way a run can end, by name. The one table that code, help, README and tests share. */
export const exitCodes = {
  success: { code: 0, meaning: 'triggered; with --follow, and succeeded', build: 'build N', again: '-' },
  internal: { code: 1, meaning: 'a bug of ours; the message says what to send', build: 'stated', again: '-' },
  usage: { code: 2, meaning: 'wrong usage or bad input', build: 'none', again: 'after a fix' },
  buildFailed: {
    code: 3,
    meaning: 'the build exists and did not succeed',
    build: 'build N',
    again: '-',
  },
  notAccepted: {
    code: 4,
    meaning: 'token or project not accepted (401, 403, 404, permission texts)',
    build: 'none',
    again: 'after a fix',
  },
  refused: {
    code: 5,
    meaning: 'GitLab refused otherwise (400, 3xx, 405, 410, 413 ...)',
    build: 'none',
    again: 'after a fix',
  },
  notReached: { code: 6, meaning: 'not reached, nothing was sent', build: 'none', again: 'yes' },
  unknown: {
    code: 7,
    meaning: 'outcome unknown: sent, no usable answer',
    build: 'may exist; the message says how to check',
    again: 'look first',
  },
  endNotSeen: {
    code: 8,
    meaning: 'triggered, its end was not seen (time limit, contact lost)',
    build: 'build N',
    again: 'wait N',
  },
  notStarted: {
    code: 10,
    meaning: 'not started on purpose: lock held, or an earlier build still runs',
    build: 'none',
    again: 'yes',
  },
  notWritten: {
    code: 11,
    meaning: 'triggered, but the result could not be written',
    build: 'build N, on stderr',
    again: '-',
  },
  rateLimited: {
    code: 12,
    meaning: 'rate limited, retries used up',
    build: 'none; when to try',
    again: 'yes',
  },
  configRefused: { code: 14, meaning: 'configuration refused', build: 'none', again: 'after a fix' },
  hangup: { code: 129, meaning: 'HUP', build: 'stated', again: 'look first' },
  interrupt: { code: 130, meaning: 'INT', build: 'stated', again: 'look first' },
  terminate: { code: 143, meaning: 'TERM', build: 'stated', again: 'look first' },
} as const satisfies Record<string, ExitCode>

/** The name of a row of the exit-code table. */
export type ExitName = keyof typeof exitCodes

/** From worst to best: for several targets the worst counts (design.md section 6). Signals come before all. */
const worstFirst: readonly ExitName[] = [
  'terminate',
  'interrupt',
  'hangup',
  'internal',
  'unknown',
  'notWritten',
  'buildFailed',
  'endNotSeen',
  'configRefused',
  'notAccepted',
  'refused',
  'rateLimited',
  'notReached',
  'notStarted',
  'usage',
  'success',
]

/** The worst of several ends; success of none. */
export function worstOf(ends: readonly ExitName[]): ExitName {
  return worstFirst.find((name) => ends.includes(name)) ?? 'success'
}

/** The exit status that a signal's name stands for: 128 + its number. */
export const signalExits = {
  SIGHUP: 'hangup',
  SIGINT: 'interrupt',
  SIGTERM: 'terminate',
} as const satisfies Record<string, ExitName>

/** A signal that ends a run. */
export type SignalName = keyof typeof signalExits
