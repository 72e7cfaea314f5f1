import type { Build } from '../build.ts'
import type { Settings } from '../config/complete.ts'
import type { Context } from '../context.ts'
import { failedAtOnce } from '../gitlab/explain.ts'
import type { FoundJobs } from '../gitlab/job.ts'
import { candidates, findJobReader, waitForJobs } from '../gitlab/jobs.ts'
import { readerFor } from '../gitlab/read.ts'
import { trigger, type Listener, type Triggered } from '../gitlab/trigger.ts'
import type { Way } from '../http/connect.ts'
import type { Reporter } from '../output/events.ts'

/** One target, ready: everything that can be refused before the trigger has been looked at. */
export interface Work {
  trigger(): Promise<Triggered>
  /** For --jobs: waits for the jobs of the build, with a credential that was tried before. */
  findJobs: ((build: Build) => Promise<FoundJobs>) | undefined
  /** The error for a build that had failed when it was created. */
  failedAtOnce: typeof failedAtOnce
}

/** The way to the server of these settings. */
export function wayOf(settings: Pick<Settings, 'ca' | 'certificate'>, context: Context): Way {
  return {
    ca: settings.ca?.value,
    certificate: settings.certificate,
    extraCaFile: context.env['NODE_EXTRA_CA_CERTS'],
  }
}

/** Tells --verbose of every request. */
export function listenerFor(report: Reporter): Listener {
  return (request, outcome) => {
    const result = outcome.kind === 'answer' ? String(outcome.status) : 'no answer'
    void report({ type: 'asked', method: request.method, url: request.url, result })
  }
}

/** Joins settings, GitLab and output for one target. With `wantsJobs`, asks whether the jobs may be read, and refuses if not. */
export async function workOn(
  settings: Settings,
  wantsJobs: boolean,
  context: Context,
  signal: AbortSignal,
  report: Reporter,
): Promise<Work> {
  const { token } = settings
  if (token === undefined) throw new Error('settings without a token')
  const target = { base: settings.server.value.base, project: settings.project.value }
  const way = wayOf(settings, context)
  const listen = listenerFor(report)
  const jobReader = wantsJobs
    ? await findJobReader(
        candidates(settings.apiToken?.value, settings.jobToken?.value),
        settings.api.value,
        settings.ref.value,
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
  return {
    trigger: () => trigger(order, way, signal, listen),
    findJobs: jobReader && ((build) => waitForJobs(build, jobReader, (ms) => context.sleep(ms, signal))),
    failedAtOnce,
  }
}
