import type { Settings } from '../config/settings.ts'
import { nearestOf } from '../core/did-you-mean.ts'
import { DeadlineError, type TriggerError } from '../core/errors.ts'
import { firstAllowed, type Attempted } from '../gitlab/api/first-allowed.ts'
import { readerFor, type Reader } from '../gitlab/api/reader.ts'
import { listRefs, type Ref } from '../gitlab/resources/refs.ts'
import { openHttpSession } from '../http/http-session.ts'
import { sessionOptions } from '../session/retry-policy.ts'
import { transportOptions } from '../session/server-client.ts'
import type { RunContext } from './run-context.ts'

/** A suggestion is not worth more time than this, in ms, and not more refs. */
const limitMs = 5000
const mostRefs = 1000

const mostSuggestions = 3

/**
 * Suggests the refs that were most likely meant: similar names, or the same name below some folder; else the
 * default branch. '' for none.
 */
function suggestion(name: string, refs: readonly Ref[]): string {
  const names = refs.map((ref) => ref.name)
  const below = names.filter((each) => each.toLowerCase().endsWith(`/${name.toLowerCase()}`))
  const suggested = [...new Set([...nearestOf(name, names), ...below])].slice(0, mostSuggestions)
  if (suggested.length > 0) return `Did you mean ${suggested.map((each) => `"${each}"`).join(' or ')}?`
  const defaultBranch = refs.find(({ isDefault }) => isDefault)
  return defaultBranch ? `Its default branch is "${defaultBranch.name}".` : ''
}

function isMissingRef({ exit, message }: TriggerError): boolean {
  return exit === 'refused' && /Reference not found|No builds created/.test(message)
}

/**
 * Adds the nearest names to the refusal of a ref that does not exist, where an API token may read them.
 * Returns any other failure as it is, and the failure itself where that does not work: it only reads, for a
 * few seconds at most.
 */
export async function withNearestRefs(
  failure: TriggerError,
  settings: Settings,
  { context, budget, report }: Pick<RunContext, 'context' | 'budget' | 'report'>,
): Promise<TriggerError> {
  const { server, project, ref, api, apiToken } = settings
  const { signal } = budget
  const isSha = /^[0-9a-f]{40}$/i.test(ref.value)
  if (!isMissingRef(failure) || !apiToken || signal.aborted || isSha) return failure
  const limit = new AbortController()
  const stopAlarm = context.alarm(limitMs, () => {
    limit.abort(new DeadlineError('no answer in time'))
  })
  try {
    const { base } = server.value
    const limits = { signal: AbortSignal.any([signal, limit.signal]), deadline: context.now() + limitMs }
    const session = openHttpSession(base, {
      ...sessionOptions(0, context, limits, report),
      transport: transportOptions(settings, context),
    })
    const candidate = {
      name: 'with the API token',
      credential: { header: 'PRIVATE-TOKEN', token: apiToken.value },
    } as const
    const readRefs = (id: string): Promise<Attempted<Reader, Ref[]>> =>
      firstAllowed(
        [candidate],
        api.value,
        (dialect, credential) =>
          readerFor({ base, project: id }, dialect, credential, session, { policy: 'probe' }),
        (reader) => listRefs(reader, '', mostRefs),
      )
    let tried = await readRefs(project.value)
    // A trigger finds a project by its old path, a read does not.
    const movedTo = tried.isAllowed
      ? undefined
      : (await import('../gitlab/api/moved-project.ts')).movedProjectId(tried.refusals[0].error, base)
    if (movedTo !== undefined) tried = await readRefs(movedTo)
    const name = ref.value.replace(/^refs\/(heads|tags)\//, '')
    // If the ref exists, GitLab has refused something else.
    if (!tried.isAllowed || tried.found.some((each) => each.name === name)) return failure
    const suggested = suggestion(name, tried.found)
    if (suggested === '') return failure
    const moved = movedTo === undefined ? '' : ` The project has moved: use --project ${movedTo}.`
    return failure.with({ hint: `${suggested} Right after a push a new name may take a moment.${moved}` })
  } catch {
    return failure
  } finally {
    stopAlarm()
    // What is still under way must not keep the process.
    limit.abort(new DeadlineError('over'))
  }
}
