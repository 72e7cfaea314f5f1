import { usageError } from '../core/errors.ts'
import { flagName } from '../core/flag-name.ts'
import { keysOf } from '../core/keys-of.ts'
import { parseDuration } from './duration.ts'
import type { RunFlags } from '../options/run.ts'
import type { FollowFlags, ReportFlags } from '../options/shared.ts'
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

/** What was typed about whether and how a pipeline is followed. */
export type FollowPlanFlags = FollowFlags & Pick<RunFlags, 'follow' | 'wait'>

type Key = keyof Recipe & keyof FollowFlags

/** A typed value, else that of the nearest recipe that sets it. */
function choose<K extends Key, T>(
  key: K,
  typed: T | undefined,
  recipes: readonly ConfigNode<Recipe>[],
): Setting<T | NonNullable<Recipe[K]>> | undefined {
  if (typed !== undefined) return fromFlag(flagName(key), typed)
  return recipes.map((place) => settingAt(place, key)).find((found) => found !== undefined)
}

function modeOf(flags: FollowPlanFlags, recipes: readonly ConfigNode<Recipe>[]): FollowPlan['mode'] {
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
  flags: FollowFlags,
  recipes: readonly ConfigNode<Recipe>[],
  play: readonly string[],
): FollowPlan['onManual'] {
  const set = choose('onManual', flags.onManual, recipes)
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
  flags: FollowPlanFlags,
  recipes: readonly ConfigNode<Recipe>[],
  server: ServerUrl | undefined,
): FollowPlan {
  const play = choose('play', flags.play, recipes)?.value ?? []
  const graced = (name: string, text: string | undefined, usual: number): number =>
    text === undefined ? usual : parseDuration(text, name)
  return {
    mode: modeOf(flags, recipes),
    play,
    onManual: onManualOf(flags, recipes, play),
    allowSkipped: choose('allowSkipped', flags.allowSkipped, recipes)?.value ?? false,
    failOnWarnings: choose('failOnWarnings', flags.failOnWarnings, recipes)?.value ?? false,
    queueMs: duration(choose('queueTimeout', flags.queueTimeout, recipes), 'queueTimeout'),
    runMs: duration(choose('runTimeout', flags.runTimeout, recipes), 'runTimeout'),
    retryGraceMs: graced('--retry-grace', flags.retryGrace, defaultRetryGraceMs),
    pollGraceMs: graced('--poll-grace', flags.pollGrace, defaultPollGraceMs),
    pollIntervalMs: intervalOf(flags, server),
    logs: logsOf(choose('logs', flags.logs, recipes)),
    logLines: linesOf(flags),
    cancelOnInterrupt: flags.cancelOnInterrupt ?? false,
    cancelOnTimeout: choose('cancelOnTimeout', flags.cancelOnTimeout, recipes)?.value ?? false,
  }
}

/** What was typed that needs a pipeline that is followed. */
export type FollowOnlyFlags = FollowFlags & Omit<ReportFlags, 'dotenv'>

/** All of them, in the order in which they are refused. */
const followOnly: Readonly<Record<keyof FollowOnlyFlags, true>> = {
  onManual: true,
  play: true,
  allowSkipped: true,
  failOnWarnings: true,
  queueTimeout: true,
  runTimeout: true,
  retryGrace: true,
  pollGrace: true,
  pollInterval: true,
  logs: true,
  logLines: true,
  cancelOnInterrupt: true,
  cancelOnTimeout: true,
  junit: true,
  artifacts: true,
  artifactsOf: true,
}

/** The first flag that was typed, as it is typed, of those that mean nothing unless a pipeline is followed. */
export function idleFollowFlag(flags: FollowOnlyFlags): string | undefined {
  const idle = keysOf(followOnly).find((name) => flags[name] !== undefined)
  return idle && flagName(idle)
}

/** Throws a usage error for a flag that means nothing, since nothing is followed. A recipe may follow: what is typed without any can be refused. */
export function refuseIdleFlags(flags: FollowOnlyFlags, follow: FollowPlan): void {
  const idle = idleFollowFlag(flags)
  if (idle === undefined || follow.mode.value !== 'no') return
  throw usageError(`${idle} means nothing unless the pipeline is followed`, 'Add --follow or --wait.')
}
