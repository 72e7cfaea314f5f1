import { usageError } from '../core/errors.ts'
import { parseDuration } from './duration.ts'
import type { FollowFlags, RunFlags } from './flags.ts'
import { asConfigError, settingAt, type ConfigNode } from './layers.ts'
import type { ServerUrl } from './server/server-url.ts'
import { builtIn, fromFlag, type Setting } from './setting.ts'
import type { Recipe } from './schema/shape.ts'

/** Whether, and how, a pipeline is followed to its end. */
export interface FollowPlan {
  mode: Setting<'no' | 'wait' | 'follow'>
  onManual: 'fail' | 'pass' | 'wait' | 'play'
  play: readonly string[]
  allowSkipped: boolean
  failOnWarnings: boolean
  /** In ms; undefined: no limit. */
  queueMs: number | undefined
  runMs: number | undefined
  retryGraceMs: number
  /** How long looks may go on failing, in ms. */
  pollGraceMs: number
  /** A fixed pace, in ms. */
  pollIntervalMs: number | undefined
  /** `all`, `none`, `failed` or names of jobs; undefined: as suits where the output goes. */
  logs: readonly string[] | undefined
  logLines: number
  cancelOnInterrupt: boolean
  cancelOnTimeout: boolean
}

/** A failed pipeline is looked at this much longer, in case it is retried. */
const defaultRetryGraceMs = 5000
const defaultPollGraceMs = 600_000
const defaultLogLines = 50
const shortestIntervalMs = 1000

type Key = keyof Recipe & keyof RunFlags

/** A typed value, else that of the nearest recipe that sets it. */
function choose<K extends Key>(
  key: K,
  flag: string,
  flags: RunFlags,
  recipes: readonly ConfigNode<Recipe>[],
): Setting<NonNullable<RunFlags[K] | Recipe[K]>> | undefined {
  const typed = fromFlag(flag, flags[key])
  if (typed) return typed as Setting<NonNullable<RunFlags[K]>>
  return recipes.map((place) => settingAt(place, key)).find((found) => found !== undefined)
}

function modeOf(flags: RunFlags, recipes: readonly ConfigNode<Recipe>[]): FollowPlan['mode'] {
  if (flags.follow) return { value: 'follow', origin: '--follow' }
  if (flags.wait) return { value: 'wait', origin: '--wait' }
  for (const place of recipes) {
    for (const mode of ['follow', 'wait'] as const) {
      const set = settingAt(place, mode)
      if (set) return { value: set.value ? mode : 'no', origin: set.origin }
    }
  }
  return { value: 'no', origin: builtIn }
}

function duration(set: Setting<string | number> | undefined, name: string): number | undefined {
  if (!set) return undefined
  const isTyped = set.origin.startsWith('--')
  const read = (): number => parseDuration(String(set.value), isTyped ? set.origin : `${set.origin} ${name}`)
  return isTyped ? read() : asConfigError(read)
}

function onManualOf(
  flags: RunFlags,
  recipes: readonly ConfigNode<Recipe>[],
  play: readonly string[],
): FollowPlan['onManual'] {
  const set = choose('onManual', '--on-manual', flags, recipes)
  if (!set) return play.length > 0 ? 'play' : 'fail'
  const { value } = set
  if (value !== 'fail' && value !== 'pass' && value !== 'wait' && value !== 'play') {
    throw usageError('--on-manual: not one of fail, pass, wait, play')
  }
  if (value === 'play' && play.length === 0) {
    throw usageError(`${set.origin}: no job to play is named`, 'Name it with --play JOB.')
  }
  return value
}

/** Words that stand for a choice of logs; any other is the name of a job. */
const logWords = ['all', 'none', 'failed']

function logsOf(set: Setting<readonly string[]> | undefined): readonly string[] | undefined {
  if (!set) return undefined
  const word = set.value.find((each) => logWords.includes(each))
  if (word !== undefined && set.value.length > 1) {
    throw usageError(`${set.origin}: "${word}" stands alone`, 'Give all, none or failed, or names of jobs.')
  }
  return set.value
}

function linesOf(flags: FollowFlags): number {
  if (flags.logLines === undefined) return defaultLogLines
  if (!/^\d{1,6}$/.test(flags.logLines)) throw usageError('--log-lines: not a whole number')
  return Number(flags.logLines)
}

function intervalOf(flags: FollowFlags, server: ServerUrl | undefined): number | undefined {
  if (flags.pollInterval === undefined) return undefined
  const ms = parseDuration(flags.pollInterval, '--poll-interval')
  if (ms < shortestIntervalMs && server && !server.isLoopback) {
    throw usageError('--poll-interval: less than 1s is for a server on this machine', 'Use 1s or more.')
  }
  return ms
}

/** What flags and recipes want of following. Throws usage errors (exit 2) and configuration errors (exit 14). */
export function planFollow(
  flags: RunFlags,
  recipes: readonly ConfigNode<Recipe>[],
  server: ServerUrl | undefined,
): FollowPlan {
  const play = choose('play', '--play', flags, recipes)?.value ?? []
  const graced = (name: string, text: string | undefined, usual: number): number =>
    text === undefined ? usual : parseDuration(text, name)
  return {
    mode: modeOf(flags, recipes),
    play,
    onManual: onManualOf(flags, recipes, play),
    allowSkipped: choose('allowSkipped', '--allow-skipped', flags, recipes)?.value ?? false,
    failOnWarnings: choose('failOnWarnings', '--fail-on-warnings', flags, recipes)?.value ?? false,
    queueMs: duration(choose('queueTimeout', '--queue-timeout', flags, recipes), 'queueTimeout'),
    runMs: duration(choose('runTimeout', '--run-timeout', flags, recipes), 'runTimeout'),
    retryGraceMs: graced('--retry-grace', flags.retryGrace, defaultRetryGraceMs),
    pollGraceMs: graced('--poll-grace', flags.pollGrace, defaultPollGraceMs),
    pollIntervalMs: intervalOf(flags, server),
    logs: logsOf(choose('logs', '--logs', flags, recipes)),
    logLines: linesOf(flags),
    cancelOnInterrupt: flags.cancelOnInterrupt ?? false,
    cancelOnTimeout: choose('cancelOnTimeout', '--cancel-on-timeout', flags, recipes)?.value ?? false,
  }
}

/** Flags that mean nothing unless a pipeline is followed; the first of them that was typed. */
export function idleFollowFlag(flags: RunFlags): string | undefined {
  const names: readonly (readonly [keyof RunFlags, string])[] = [
    ['onManual', '--on-manual'],
    ['play', '--play'],
    ['allowSkipped', '--allow-skipped'],
    ['failOnWarnings', '--fail-on-warnings'],
    ['queueTimeout', '--queue-timeout'],
    ['runTimeout', '--run-timeout'],
    ['retryGrace', '--retry-grace'],
    ['pollGrace', '--poll-grace'],
    ['pollInterval', '--poll-interval'],
    ['logs', '--logs'],
    ['logLines', '--log-lines'],
    ['cancelOnInterrupt', '--cancel-on-interrupt'],
    ['cancelOnTimeout', '--cancel-on-timeout'],
    ['junit', '--junit'],
    ['artifacts', '--artifacts'],
    ['artifactsOf', '--artifacts-of'],
  ]
  return names.find(([key]) => flags[key] !== undefined)?.[1]
}

/** Throws a usage error for a flag that means nothing, since nothing is followed. A recipe may follow: what is typed without any can be refused. */
export function refuseIdleFlags(flags: RunFlags, follow: FollowPlan): void {
  const idle = idleFollowFlag(flags)
  if (idle === undefined || follow.mode.value !== 'no') return
  throw usageError(`${idle} means nothing unless the pipeline is followed`, 'Add --follow or --wait.')
}
