import { parseToken, type TokenUse } from '../config/credentials/parse-token.ts'
import type { ServerSettings } from '../config/access.ts'
import { planFollow, type FollowPlan } from '../config/follow-plan.ts'
import { defaultRetries, defaultTimeoutMs } from '../core/defaults.ts'
import { pageFromUrl, parsePipelineReference } from '../config/project/pipeline-reference.ts'
import { projectFrom } from '../config/project/project.ts'
import type { PipelineReference } from '../config/project/resolve-references.ts'
import type { Setting } from '../config/setting.ts'
import { startBudget, type Budget } from '../core/budget.ts'
import type { Context } from '../core/context.ts'
import { usageError } from '../core/errors.ts'
import { SecretRegistry, type Secret } from '../core/secret.ts'
import type { Event, Reporter } from '../events.ts'
import type { FollowContext } from '../pipelines/followed.ts'
import type { OpenPipeline } from '../pipelines/open-pipeline.ts'
import { openPipelines, type OpenPipelines } from '../pipelines/open-pipelines.ts'
import { callContext, type CallClock } from './context.ts'
import { findMistakes } from './check-options.ts'
import type { OptionTable } from './option-table.ts'
import type { PipelineOptions } from './options.ts'
import { publicError } from './public-error.ts'
import { serverOf } from './server.ts'
import { transportOf } from './transport.ts'
import { stopSignal, type StopSignal } from './stop-signal.ts'

/** A pipeline that a call has opened, and what its work needs. */
export interface OpenCall {
  open: OpenPipeline
  /** All that the call has opened: this one. */
  opened: OpenPipelines
  context: Context
  report: Reporter
  budget: Budget
  follow: FollowPlan
  /** When the call began, in ms since 1970. */
  since: number
}

/** How a call differs from others. */
export interface CallForm {
  options: PipelineOptions
  table: OptionTable
  clock: CallClock
  /** Overrides parts of the usual plan. */
  follow?: Partial<FollowPlan>
  /** How often a server that does not listen is tried again, unless `retry` says. */
  retries?: number
  /** The limit for opening, in ms, unless `timeoutMs` says. */
  openMs?: number
  report?: (event: Event, secrets: SecretRegistry) => Promise<void>
  /** What stops it, where that is not only the caller's signal. */
  stopping?: StopSignal
}

/** Throws the usage error for options that are wrong. A URL of a pipeline names its project. */
export function checkPipelineOptions(options: PipelineOptions, table: OptionTable): void {
  const isUrl =
    typeof options === 'object' &&
    /^https?:/i.test(String((options as Partial<PipelineOptions> | null)?.pipeline))
  const mistakes = findMistakes(options, table, ['server', 'pipeline', ...(isUrl ? [] : ['project'])])
  if (mistakes) throw mistakes
}

function secretSetting(
  text: string | undefined,
  name: 'apiToken' | 'jobToken',
  secrets: SecretRegistry,
): Setting<Secret> | undefined {
  if (text === undefined) return undefined
  const use: TokenUse = name === 'apiToken' ? 'apiToken' : 'token'
  return { value: secrets.keep(parseToken(text, name, use)), origin: `the option ${name}` }
}

function accessOf(options: PipelineOptions, secrets: SecretRegistry): ServerSettings {
  const { api = 'auto' } = options
  const server = serverOf(options)
  return {
    apiToken: secretSetting(options.apiToken, 'apiToken', secrets),
    jobToken: secretSetting(options.jobToken, 'jobToken', secrets),
    server: { value: server, origin: 'the option server', name: undefined, entry: undefined },
    api: { value: api, origin: 'the option api' },
    ...transportOf(options, server, secrets),
  }
}

function referenceOf(options: PipelineOptions, access: ServerSettings): PipelineReference {
  const { base } = access.server.value
  const plan = { targets: [], timeout: { value: options.timeoutMs ?? defaultTimeoutMs, origin: 'timeoutMs' } }
  const word = parsePipelineReference(String(options.pipeline))
  if (word.kind === 'pipeline') {
    const project = projectFrom(String(options.project), 'project', base)
    return { kind: 'pipeline', id: word.id, project, plan, access }
  }
  const page = pageFromUrl(word.url, base)
  if (!page) throw usageError(`pipeline: the URL is not of ${base}`, 'Set server to that of the pipeline.')
  return { ...page, plan, access }
}

/** How the pipeline of a call is followed: nothing is shown, and commands are named as functions. */
export function plainSettings(
  { context, report, follow }: OpenCall,
  { timeoutMs }: PipelineOptions,
): Omit<FollowContext, 'reports'> {
  const suggest: FollowContext['suggest'] = (about) =>
    `${about.verb}({ ..., pipeline: ${'id' in about ? about.id : '...'} })`
  const total = timeoutMs === undefined ? undefined : { ms: timeoutMs, flag: '--timeout' as const }
  return {
    plan: follow,
    total,
    logs: undefined,
    showsTime: false,
    suggestsRetry: false,
    suggest,
    context,
    report,
  }
}

/** Opens the pipeline of a call and does its work. Throws a TriggerError for whatever is thrown, without secrets. */
export async function onPipeline<T>(form: CallForm, work: (call: OpenCall) => Promise<T>): Promise<T> {
  const { options, table, clock, retries = defaultRetries, openMs = defaultTimeoutMs } = form
  checkPipelineOptions(options, table)
  const secrets = new SecretRegistry()
  let end = (): void => undefined
  try {
    const reference = referenceOf(options, accessOf(options, secrets))
    const follow = { ...planFollow({}, [], undefined), ...form.follow }
    const { stopping = stopSignal(options.signal) } = form
    end = () => {
      stopping.end()
    }
    const context = callContext(clock, stopping.signal, secrets)
    const budget = startBudget(context, options.timeoutMs ?? openMs)
    end = () => {
      budget.end()
      stopping.end()
    }
    const retry = { value: options.retry ?? retries, origin: 'the option retry' }
    const report: Reporter = (event) => form.report?.(event, secrets) ?? Promise.resolve()
    const since = context.now()
    const opened = await openPipelines([reference], { plan: { follow, retry }, context, budget, report })
    try {
      const [open] = opened.pipelines
      if (!open) throw new Error('no pipeline was opened')
      return secrets.redactData(await work({ open, opened, context, report, budget, follow, since }))
    } finally {
      opened.close()
    }
  } catch (error) {
    throw publicError(error, secrets)
  } finally {
    end()
  }
}
