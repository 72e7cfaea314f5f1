import { startBudget } from '../budget.ts'
import type { BuildState } from '../build.ts'
import type { RunFlags } from '../config/flags.ts'
import { resolveSettings, resolveTimeout, type Settings } from '../config/resolve.ts'
import type { Context } from '../context.ts'
import { asTriggerError, TriggerError } from '../errors.ts'
import { exitCodes } from '../exit-codes.ts'
import { failedAtOnce } from '../gitlab/explain.ts'
import { candidates, findJobReader, waitForJobs, type JobReader } from '../gitlab/jobs.ts'
import { readerFor } from '../gitlab/read.ts'
import { trigger, type Listener } from '../gitlab/trigger.ts'
import type { Way } from '../http/connect.ts'
import type { Reporter } from '../output/events.ts'
import { reporterFor } from '../output/reporter.ts'
import { preview } from './preview.ts'
import { describeSettings } from './describe.ts'

/** Triggers one build: `gitlab-trigger [run]`. Resolves to the exit code; throws a TriggerError for everything but success. */
export async function run(flags: RunFlags, context: Context): Promise<number> {
  const timeout = resolveTimeout(flags)
  const budget = startBudget(context, timeout.value)
  const report = await reporterFor(flags, context)
  let state: BuildState = { kind: 'none' }
  try {
    const settings = await resolveSettings(flags, context, budget.signal)
    if (flags.curl || flags.dryRun) {
      await context.stdout.write(preview(flags, settings, timeout.value))
      return exitCodes.success.code
    }
    await report({ type: 'started', ...describeSettings(settings, timeout) })
    await warn(flags, report)
    const work = await prepare(flags, settings, context, budget.signal, report)
    state = { kind: 'unknown' }
    const { build, dialect } = await work.trigger()
    state = { kind: 'triggered', build }
    await report({ type: 'triggered', build, api: dialect.name }).catch((error: unknown) => {
      throw notWritten(error, state)
    })
    if (work.jobReader) {
      const found = await waitForJobs(build, work.jobReader, (ms) => context.sleep(ms, budget.signal))
      await report({ type: 'jobs found', ...found }).catch((error: unknown) => {
        throw notWritten(error, state)
      })
    }
    if (build.status === 'failed') throw failedAtOnce(build)
    await report({ type: 'ended' }).catch((error: unknown) => {
      throw notWritten(error, state)
    })
    return exitCodes.success.code
  } catch (error) {
    const failure = asTriggerError(error, state)
    if (!flags.curl && !flags.dryRun) await report({ type: 'failed', error: failure }).catch(() => undefined)
    throw failure
  } finally {
    budget.end()
  }
}

interface Work {
  trigger: () => ReturnType<typeof trigger>
  /** For --jobs: found, and proven to work, before anything is sent. */
  jobReader: JobReader | undefined
}

async function prepare(
  flags: RunFlags,
  settings: Settings,
  context: Context,
  signal: AbortSignal,
  report: Reporter,
): Promise<Work> {
  const { token } = settings
  if (token === undefined) throw new Error('settings without a token')
  const target = { base: settings.server.value.base, project: settings.project.value }
  const way: Way = { ca: settings.ca?.value, extraCaFile: context.env['NODE_EXTRA_CA_CERTS'] }
  const listen: Listener = (request, outcome) => {
    const result = outcome.kind === 'answer' ? String(outcome.status) : 'no answer'
    void report({ type: 'asked', method: request.method, url: request.url, result })
  }
  const jobReader = flags.jobs
    ? await findJobReader(
        candidates(settings.apiToken?.value, settings.jobToken?.value),
        settings.api.value,
        (dialect, credential) => readerFor(target, dialect, credential, way, signal, listen),
      )
    : undefined
  const order = {
    ...target,
    ref: settings.ref.value,
    variables: settings.variables,
    inputs: settings.inputs,
    token: token.value,
    tokenOrigin: token.origin,
    isJobToken: token === settings.jobToken,
    // A reader has already found out which API there is.
    api: jobReader?.reader.dialect.name ?? settings.api.value,
  }
  return { trigger: () => trigger(order, way, signal, listen), jobReader }
}

async function warn(flags: RunFlags, report: Reporter): Promise<void> {
  if (flags.token === undefined) return
  await report({
    type: 'warned',
    text: '--token can be read by every user of this machine; use --token-file or GITLAB_TRIGGER_TOKEN.',
  })
}

function notWritten(cause: unknown, build: BuildState): TriggerError {
  const id = build.kind === 'triggered' && build.build ? ` ${build.build.id}` : ''
  return new TriggerError({
    exit: 'notWritten',
    message: `the id${id} could not be written to standard output`,
    hint: 'The build goes on; do not trigger it again.',
    build,
    cause,
  })
}
