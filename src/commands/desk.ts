import { startBudget, type Budget } from '../budget.ts'
import { completeAccess, needProject, type Access } from '../config/access.ts'
import type { RunFlags } from '../config/flags.ts'
import { planRun, type Plan } from '../config/resolve.ts'
import { refuseForeignTokens } from '../config/token-sources.ts'
import type { Context } from '../context.ts'
import { asTriggerError, usageError, type TriggerError } from '../errors.ts'
import type { Client } from '../gitlab/client.ts'
import { firstThatMay } from '../gitlab/credentials.ts'
import { ReadError } from '../gitlab/read.ts'
import { explainRefusal, type Asked } from '../gitlab/refusal.ts'
import { conditional } from '../http/conditional.ts'
import { persistent } from '../http/persistent.ts'
import type { Reporter } from '../output/events.ts'
import { reporterFor, type OutputFlags } from '../output/reporter.ts'
import { withCertificate } from './certificate.ts'
import { describeSettings, insecureWarning } from './describe.ts'
import { persistenceFor } from './sending.ts'
import { listenerFor, openServer, tokenOf, wayOf, type ServerAccess } from './server-access.ts'
import { mentionUntrusted } from './project-file.ts'

/** What a command beside the trigger works with. */
export interface Desk {
  context: Context
  plan: Plan
  access: Access
  /** Tells people; prints nothing to stdout. */
  report: Reporter
  /** Any error as a TriggerError that names the server and project. */
  about: (error: unknown) => TriggerError
  /**
   * Works with the server, within the time limit; reads are repeated after faults that pass. May be called again, as after a question, which may
   * take its time.
   */
  work<T>(task: (server: ServerAccess, budget: Budget) => Promise<T>): Promise<T>
}

/** What is wanted of a server, for the words of a refusal. */
export interface Wish {
  /** As `the trigger tokens of project 9 cannot be read`. */
  failed: string
  /** As `an API token with the scope api`. */
  needs: string
  role?: string
}

/**
 * Reads the settings of a command that triggers nothing; one that is not `ofProject` leaves the project alone. Throws usage and configuration
 * errors; nothing was sent then.
 */
export async function openDesk(
  flags: RunFlags & OutputFlags,
  context: Context,
  ofProject = true,
): Promise<Desk> {
  const { verbose, quiet, color } = flags
  const told = { ...(verbose && { verbose }), ...(quiet && { quiet }), ...(color === false && { color }) }
  const report = await reporterFor(told, context)
  const plan = await planRun(flags, undefined, context)
  await mentionUntrusted(plan, flags, context)
  const within = async <T>(task: (budget: Budget) => Promise<T>): Promise<T> => {
    const budget = startBudget(context, plan.timeout.value)
    try {
      return await task(budget)
    } finally {
      budget.end()
    }
  }
  const access = await within(({ signal }) => completeAccess(plan, flags, context, signal))
  const project = ofProject ? plan.targets[0]?.project : undefined
  await report({
    type: 'started',
    ...describeSettings({ ...access, ...(project && { project }) }, plan.timeout),
  })
  if (access.insecure && access.server.value.isHttps) {
    await report({ type: 'warned', text: insecureWarning, isGrave: true })
  }
  const about = (error: unknown): TriggerError => {
    const failure = asTriggerError(error, { kind: 'none' })
    return failure.endingWith(failure.exitCode, {
      server: access.server.value.base,
      ...(project && { project: project.value }),
    })
  }
  return {
    context,
    plan,
    access,
    report,
    about,
    work: (task) =>
      within(async (budget) => {
        const persistence = persistenceFor(plan.retry.value, context, budget, report)
        const server = openServer(access, context, budget.signal, listenerFor(report), (session) =>
          persistent(conditional(session), persistence),
        )
        try {
          return await task(server, budget)
        } catch (error) {
          const failure = asTriggerError(error, { kind: 'none' })
          throw about(await withCertificate(failure, access, wayOf(access, context), context, budget.signal))
        } finally {
          server.session.close()
        }
      }),
  }
}

/** The project of a command. Throws a usage error where none is given. */
export function projectOf({ plan }: Desk): string {
  return needProject(plan.targets[0] ?? { project: undefined }).value
}

/** Throws where there is no API token, which is needed, naming those that are for other servers. */
export function needApiToken({ plan, access }: Desk): void {
  if (access.apiToken) return
  const [target] = plan.targets
  if (target?.server) refuseForeignTokens(target.server, plan, 'apiToken')
  throw usageError('no API token given', 'Set GITLAB_TRIGGER_API_TOKEN, or use --api-token-file PATH.')
}

/** What explanations of a refusal name. */
export function askedOf({ access }: Desk, client: Pick<Client, 'credential' | 'target'>, wish: Wish): Asked {
  const { base, project } = client.target
  return { ...wish, base, project, token: tokenOf(client.credential, access) }
}

/**
 * Does what `attempt` does with the first API version that is there, as the API token says or, without one, as anybody. Throws a TriggerError that
 * explains what was refused.
 */
export async function openClient<T>(
  desk: Desk,
  server: ServerAccess,
  project: string,
  wish: Wish,
  attempt: (client: Client) => Promise<T>,
): Promise<{ client: Client; found: T }> {
  const { api, apiToken } = desk.access
  // A job's token may read none of this, and one that is refused must not pass for nobody's.
  const tries = server.tries.filter(({ credential }) =>
    apiToken ? credential?.header === 'PRIVATE-TOKEN' : credential === undefined,
  )
  const target = { base: desk.access.server.value.base, project }
  const credential = tries[0]?.credential
  try {
    const tried = await firstThatMay(tries, api.value, server.open(project), attempt)
    if (tried.isAllowed) return { client: tried.reader, found: tried.found }
    const [refusal] = tried.refusals
    if (!refusal) throw new Error('no credential was tried')
    throw refusal.error
  } catch (error) {
    if (!(error instanceof ReadError)) throw error
    throw explainRefusal(error, askedOf(desk, { credential, target }, wish))
  }
}
