import {
  defaultLogLines,
  defaultPollGraceMs,
  defaultReportMs,
  defaultRetryGraceMs,
} from '../core/defaults.ts'
import { usageError } from '../core/errors.ts'
import { flagName } from '../core/flag-name.ts'
import { parseDuration } from './duration.ts'
import { policyKeys } from './follow-keys.ts'
import type { RunFlags } from '../options/run.ts'
import type { FollowFlags } from '../options/shared.ts'
import { asConfigError, settingAt, type ConfigNode } from './layers.ts'
import type { ServerUrl } from './server/server-url.ts'
import { builtIn, fromFlag, type Setting } from './setting.ts'
import type { Recipe } from './schema/config-keys.ts'
import { wrongValue } from '../core/text/wrong-value.ts'

const progressWords = ['tree', 'lines', 'none'] as const

/** A way to show the changes of a pipeline on stderr: a live tree, one line for each, or not at all. */
export type ProgressVoice = (typeof progressWords)[number]

/** Whether and how a pipeline is followed to its end. */
export interface FollowPlan {
  mode: Setting<'no' | 'wait' | 'follow'>
  onManual: 'fail' | 'pass' | 'wait' | 'play'
  play: readonly string[]
  allowSkipped: boolean
  failOnWarnings: boolean
  /** Limit for the time before the first job starts, in ms; undefined: no limit. */
  queueMs: number | undefined
  /** Limit for the time after the first job has started, in ms; undefined: no limit. */
  runMs: number | undefined
  /** How long a failed pipeline is polled in case a user retries it, in ms. */
  retryGraceMs: number
  /** How long polling may fail before the connection counts as lost, in ms. */
  pollGraceMs: number
  /** Limit for what follows the end of the pipeline, as its logs and reports, in ms; Infinity: no limit. */
  reportMs: number
  /** Fixed polling interval in ms; undefined: adaptive. */
  pollIntervalMs: number | undefined
  /** How changes are shown on stderr; undefined: as suits the output. */
  progress: ProgressVoice | undefined
  /** `all`, `none`, `failed` or job names; undefined: depends on whether the output is a terminal. */
  logs: readonly string[] | undefined
  logLines: number
  /** In place of the last lines, those around the first error where the last ones show none. */
  prefersError: boolean
  cancelOnInterrupt: boolean
  cancelOnTimeout: boolean
}

const shortestIntervalMs = 1000

/** The flags about following a pipeline. */
export type FollowPlanFlags = FollowFlags & Pick<RunFlags, 'follow' | 'wait'>

type Key = (typeof policyKeys)[number]

/** The value of the flag, else of the most specific recipe that sets it. */
function choose<K extends Key, T>(
  key: K,
  typed: T | undefined,
  recipes: readonly ConfigNode<Recipe>[],
): Setting<T | NonNullable<Recipe[K]>> | undefined {
  if (typed !== undefined) return fromFlag(flagName(key), typed)
  for (const recipe of recipes) {
    const found = settingAt(recipe, key)
    if (found) return found
  }
  return undefined
}

/** What flags or recipes say of following a pipeline and showing it, by the name of the key. */
export function givenPolicy(
  flags: FollowPlanFlags,
  recipes: readonly ConfigNode<Recipe>[],
): [name: string, Setting<string>][] {
  return policyKeys.flatMap((key): [string, Setting<string>][] => {
    const set = choose(key, flags[key], recipes)
    return set ? [[key, { value: String(set.value), origin: set.origin }]] : []
  })
}

function modeOf(flags: FollowPlanFlags, recipes: readonly ConfigNode<Recipe>[]): FollowPlan['mode'] {
  if (flags.follow) return { value: 'follow', origin: '--follow' }
  if (flags.wait) return { value: 'wait', origin: '--wait' }
  for (const recipe of recipes) {
    for (const mode of ['follow', 'wait'] as const) {
      const set = settingAt(recipe, mode)
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
    throw wrongValue('--on-manual', value, 'not one of fail, pass, wait, play')
  }
  if (value === 'play' && play.length === 0) {
    throw usageError(`${set.origin}: no job to play given`, 'Name it with --play JOB.')
  }
  return value
}

function progressOf(set: Setting<string> | undefined): ProgressVoice | undefined {
  if (!set) return undefined
  const word = progressWords.find((each) => each === set.value)
  if (word === undefined) throw wrongValue('--progress', set.value, `not one of ${progressWords.join(', ')}`)
  return word
}

/** Keywords of --logs; anything else is a job name. */
const logKeywords = ['all', 'none', 'failed']

function logsOf(set: Setting<readonly string[]> | undefined): readonly string[] | undefined {
  if (!set) return undefined
  const keyword = set.value.find((each) => logKeywords.includes(each))
  if (keyword !== undefined && set.value.length > 1) {
    throw usageError(
      `${set.origin}: "${keyword}" stands alone`,
      'Give all, none or failed, or names of jobs.',
    )
  }
  return set.value
}

function linesOf(flags: FollowFlags): number {
  if (flags.logLines === undefined) return defaultLogLines
  if (!/^\d{1,6}$/.test(flags.logLines)) throw wrongValue('--log-lines', flags.logLines, 'not a whole number')
  return Number(flags.logLines)
}

function intervalOf(flags: FollowFlags, server: ServerUrl | undefined): number | undefined {
  if (flags.pollInterval === undefined) return undefined
  const ms = parseDuration(flags.pollInterval, '--poll-interval')
  if (ms < shortestIntervalMs && server && !server.isLoopback) {
    throw wrongValue(
      '--poll-interval',
      flags.pollInterval,
      'less than 1s, which is for a server on this machine',
      'Use 1s or more.',
    )
  }
  return ms
}

/** Combines flags and recipes. Throws usage errors (exit 2) and configuration errors (exit 14). */
export function planFollow(
  flags: FollowPlanFlags,
  recipes: readonly ConfigNode<Recipe>[],
  server: ServerUrl | undefined,
): FollowPlan {
  const play = choose('play', flags.play, recipes)?.value ?? []
  const durationOr = (name: string, text: string | undefined, fallback: number): number =>
    text === undefined ? fallback : parseDuration(text, name)
  return {
    mode: modeOf(flags, recipes),
    play,
    onManual: onManualOf(flags, recipes, play),
    allowSkipped: choose('allowSkipped', flags.allowSkipped, recipes)?.value ?? false,
    failOnWarnings: choose('failOnWarnings', flags.failOnWarnings, recipes)?.value ?? false,
    queueMs: duration(choose('queueTimeout', flags.queueTimeout, recipes), 'queueTimeout'),
    runMs: duration(choose('runTimeout', flags.runTimeout, recipes), 'runTimeout'),
    retryGraceMs:
      flags.retryGrace === undefined
        ? defaultRetryGraceMs
        : parseDuration(flags.retryGrace, '--retry-grace', true),
    pollGraceMs: durationOr('--poll-grace', flags.pollGrace, defaultPollGraceMs),
    reportMs:
      duration(choose('reportTimeout', flags.reportTimeout, recipes), 'reportTimeout') ?? defaultReportMs,
    pollIntervalMs: intervalOf(flags, server),
    progress: progressOf(choose('progress', flags.progress, recipes)),
    logs: logsOf(choose('logs', flags.logs, recipes)),
    logLines: linesOf(flags),
    prefersError: flags.logLines === undefined,
    cancelOnInterrupt: flags.cancelOnInterrupt ?? false,
    cancelOnTimeout: choose('cancelOnTimeout', flags.cancelOnTimeout, recipes)?.value ?? false,
  }
}
