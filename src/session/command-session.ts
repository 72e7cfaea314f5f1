import { startBudget, type Budget, type TimeLimits } from '../core/budget.ts'
import { resolveServerSettings, needProject, type ServerSettings } from '../config/access.ts'
import type { CredentialFlags, TransportFlags } from '../options/shared.ts'
import type { PlanFlags } from '../config/plan.ts'
import { refuseForeignTokens } from '../config/credentials/token-sources.ts'
import type { Context } from '../core/context.ts'
import { asTriggerError, DeadlineError, usageError, type TriggerError } from '../core/errors.ts'
import { apiTokenSources } from '../core/hints.ts'
import type { OutputFlags } from '../output/reporters/reporter.ts'
import { requestRate, requestTurn } from '../http/request-rate.ts'
import { beginCommand, type CommandStart } from './begin-command.ts'
import { withCertificate } from './certificate-error.ts'
import { announceServer } from './settings-summary.ts'
import { clockOf } from './poll-policy.ts'
import { sessionOptions } from './retry-policy.ts'
import { openServer, pacing, transportOptions, type ServerAccess } from './server-client.ts'

/** Everything that a command needs which works with one server. */
export interface CommandSession extends CommandStart {
  access: ServerSettings
  /** Any error as a TriggerError that names the server and project. */
  about: (error: unknown) => TriggerError
  /**
   * Works with the server, within the time limit; reads are repeated after transient errors. May be called again, as after a question, which may
   * take its time: what is left of the limit then continues.
   */
  work<T>(task: (server: ServerAccess, limits: TimeLimits) => Promise<T>): Promise<T>
}

/** What was typed about where, as whom and how to tell. */
export type SessionFlags = PlanFlags & CredentialFlags & TransportFlags & OutputFlags

/** How the session of a command differs from the usual one. */
export interface CommandSessionOptions {
  recipe?: string | undefined
  /** The command is about no project: the setting is ignored. */
  isWithoutProject?: boolean
  /** It reads things of the project, which may be that of the checkout. */
  readsProject?: boolean
}

/**
 * Begins a command that works with one server, and resolves the settings for that. Throws usage and configuration errors; nothing was sent then.
 */
export async function openSession(
  flags: SessionFlags,
  context: Context,
  { recipe, isWithoutProject = false, readsProject = false }: CommandSessionOptions = {},
): Promise<CommandSession> {
  const changesProject = !isWithoutProject && !readsProject
  const start = await beginCommand(flags, context, { recipe, readsProject, changesProject })
  const { plan, report } = start
  const budget = startBudget(context, plan.timeout.value)
  const begin = context.now()
  const access = await resolveServerSettings(plan, flags, context, budget.signal).finally(() => {
    budget.end()
  })
  const project = isWithoutProject ? undefined : plan.targets[0]?.project
  await announceServer({ ...access, ...(project && { project }) }, plan.timeout, report)
  return sessionOf(start, access, project?.value, context.now() - begin)
}

/** The session of a command whose settings are known; `spentMs` of its time limit are already spent. */
export function sessionOf(
  start: CommandStart,
  access: ServerSettings,
  project?: string,
  spentMs = 0,
): CommandSession {
  const { plan, report, context } = start
  const limitMs = plan.timeout.value
  const rate = requestRate()
  // The limit is that of all the work together; a question in between may take its time.
  let leftMs = limitMs - spentMs
  const within = async <T>(task: (budget: Budget) => Promise<T>): Promise<T> => {
    const begin = context.now()
    const budget = startBudget(context, limitMs)
    budget.endBy(begin + leftMs, `the time limit of ${limitMs / 1000} s`)
    try {
      return await task(budget)
    } finally {
      budget.end()
      leftMs -= context.now() - begin
    }
  }
  const about = (error: unknown): TriggerError => {
    const failure = asTriggerError(error, { kind: 'none' })
    return failure.with({
      ...(error instanceof DeadlineError && {
        message: `no answer came from ${access.server.value.base}: ${error.message}`,
      }),
      about: {
        isRun: false,
        server: access.server.value.base,
        ...(project !== undefined && { project }),
      },
    })
  }
  return {
    ...start,
    access,
    about,
    work: (task) =>
      within(async (whole) => {
        // If one of several parallel reads fails, abort the others.
        const over = new AbortController()
        const signal = AbortSignal.any([whole.signal, over.signal])
        const budget: TimeLimits = { signal, deadline: whole.deadline }
        const options = sessionOptions(plan.retry.value, context, budget, report)
        const listen = pacing(rate, options.listen, context)
        const turn = requestTurn(rate, clockOf(context, signal))
        const server = openServer(access, { ...options, listen, turn }, context)
        try {
          return await task(server, budget)
        } catch (error) {
          if (error instanceof DeadlineError) throw about(error)
          const failure = asTriggerError(error, { kind: 'none' })
          throw about(
            await withCertificate(failure, access, transportOptions(access, context), context, budget.signal),
          )
        } finally {
          over.abort(new Error('the work has ended'))
          server.session.close()
        }
      }),
  }
}

/** The project of a command. Throws a usage error where none is given. */
export function projectOf({ plan }: CommandSession): string {
  return needProject(plan.targets[0] ?? { project: undefined }, plan.config).value
}

/** Throws where there is no API token, which is needed, naming those that are for other servers. */
export function needApiToken({ plan, access }: CommandSession): void {
  if (access.apiToken) return
  const [target] = plan.targets
  if (target?.server) refuseForeignTokens(target.server, plan, 'apiToken')
  throw usageError('no API token given', `Set ${apiTokenSources} PATH.`)
}
