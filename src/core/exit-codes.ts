/** One row of the exit-code table (docs/guarantees.md#11). The numbers never change meaning (docs/guarantees.md#G16). */
export interface ExitCode {
  code: number
  meaning: string
  /** The meaning for commands that start no pipeline, where it is another. */
  elsewhere?: string
  /** What this exit code says about the pipeline. */
  build: string
  /** Whether the same command may be repeated unchanged. */
  again: string
}

/** All exit codes by name. The code, the help, the README and the tests use this one table. */
export const exitCodes = {
  success: {
    code: 0,
    meaning: 'triggered (with --follow/--wait: and succeeded)',
    build: 'pipeline N',
    again: '-',
  },
  internal: {
    code: 1,
    meaning: 'a bug in gitlab-trigger: please report it',
    build: 'see message',
    again: '-',
  },
  usage: { code: 2, meaning: 'wrong usage or bad input', build: 'none', again: 'after a fix' },
  buildFailed: {
    code: 3,
    meaning: 'the pipeline exists and did not succeed',
    build: 'pipeline N',
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
  notReached: {
    code: 6,
    meaning: 'not reached, nothing was sent',
    elsewhere: 'GitLab was not reached, or did not give a usable answer',
    build: 'none',
    again: 'yes',
  },
  unknown: {
    code: 7,
    meaning: 'outcome unknown: the request was sent but no valid response came back',
    build: 'may exist; see message',
    again: 'check first',
  },
  endNotSeen: {
    code: 8,
    meaning: 'triggered, but it did not finish in time, or the connection was lost',
    elsewhere: 'the pipeline did not finish in time, or the connection was lost',
    build: 'pipeline N',
    again: 'wait N',
  },
  notStarted: {
    code: 10,
    meaning: 'not started on purpose: lock held, or an earlier pipeline is still running',
    build: 'none',
    again: 'yes',
  },
  notWritten: {
    code: 11,
    meaning: 'triggered, but the result could not be written',
    elsewhere: 'done, but the result could not be written',
    build: 'pipeline N, on stderr',
    again: '-',
  },
  rateLimited: {
    code: 12,
    meaning: 'rate limited, retries used up',
    build: 'none; when to try',
    again: 'yes',
  },
  configRefused: { code: 14, meaning: 'configuration refused', build: 'none', again: 'after a fix' },
  hangup: { code: 129, meaning: 'stopped by SIGHUP', build: 'see message', again: 'check first' },
  interrupt: { code: 130, meaning: 'stopped by SIGINT', build: 'see message', again: 'check first' },
  terminate: { code: 143, meaning: 'stopped by SIGTERM', build: 'see message', again: 'check first' },
} as const satisfies Record<string, ExitCode>

/** The name of a row of the exit-code table. */
export type ExitName = keyof typeof exitCodes

/** Exit codes from worst to best: of several targets the worst one counts (docs/guarantees.md#11). */
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

/** The worst of several exit codes; success for an empty list. */
export function worstOf(exits: readonly ExitName[]): ExitName {
  return worstFirst.find((name) => exits.includes(name)) ?? 'success'
}

/** The exit code for each signal that stops a run: 128 plus the signal's number. */
export const signalExits = {
  SIGHUP: 'hangup',
  SIGINT: 'interrupt',
  SIGTERM: 'terminate',
} as const satisfies Record<string, ExitName>

/** A signal that stops a run. */
export type SignalName = keyof typeof signalExits
