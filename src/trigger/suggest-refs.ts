import type { Settings } from '../config/settings.ts'
import type { Context } from '../core/context.ts'
import { DeadlineError, TriggerError } from '../core/errors.ts'
import { firstAllowed, type Attempted } from '../gitlab/api/first-allowed.ts'
import type { Reporter } from '../events.ts'
import { readerFor, type Reader } from '../gitlab/api/reader.ts'
import { listRefs, type Ref } from '../gitlab/resources/refs.ts'
import { openHttpSession } from '../http/http-session.ts'
import { sessionOptions } from '../session/retry-policy.ts'
import { nearestOf } from '../core/did-you-mean.ts'
import { transportOptions } from '../session/server-client.ts'

/** A suggestion is not worth more time than this, in ms, and not more rows. */
const longestMs = 5000
const mostRefs = 1000

/** So many names are enough of a suggestion. */
const mostNames = 3

/** The refs that were most likely meant: alike, or the same below some folder; else the default branch. */
function suggestion(word: string, refs: readonly Ref[]): string {
  const below = refs.filter(({ name }) => name.toLowerCase().endsWith(`/${word.toLowerCase()}`))
  const alike = nearestOf(
    word,
    refs.map(({ name }) => name),
  )
  const names = [...new Set([...alike, ...below.map(({ name }) => name)])].slice(0, mostNames)
  if (names.length > 0) return `Did you mean ${names.map((name) => `"${name}"`).join(' or ')}?`
  const usual = refs.find(({ isDefault }) => isDefault)
  return usual ? `Its default branch is "${usual.name}".` : ''
}

/**
 * The refusal of a ref that is not there, with the nearest names where an API token may read them; any other failure as it is, and whatever goes
 * wrong here. Only reads, for a few seconds at most.
 */
export async function withNearestRefs(
  failure: TriggerError,
  settings: Settings,
  context: Context,
  signal: AbortSignal,
  report: Reporter,
): Promise<TriggerError> {
  const { server, project, ref, api, apiToken } = settings
  const isMissing =
    failure.exit === 'refused' && /Reference not found|No builds created/.test(failure.message)
  if (!isMissing || !apiToken || signal.aborted || /^[0-9a-f]{40}$/i.test(ref.value)) return failure
  const limit = new AbortController()
  const end = context.alarm(longestMs, () => {
    limit.abort(new DeadlineError('no answer in time'))
  })
  try {
    const budget = { signal: AbortSignal.any([signal, limit.signal]), deadline: context.now() + longestMs }
    const session = openHttpSession(server.value.base, {
      ...sessionOptions(0, context, budget, report),
      transport: transportOptions(settings, context),
    })
    const { base } = server.value
    const credential = { header: 'PRIVATE-TOKEN', token: apiToken.value } as const
    const look = (id: string): Promise<Attempted<Reader, Ref[]>> =>
      firstAllowed(
        [{ name: 'with the API token', credential }],
        api.value,
        (dialect, each) => readerFor({ base, project: id }, dialect, each, session, { policy: 'probe' }),
        (reader) => listRefs(reader, '', mostRefs),
      )
    let tried = await look(project.value)
    // A trigger finds a project by its old path, a read does not.
    const [refusal] = tried.refusals
    const moved =
      refusal && (await import('../gitlab/api/moved-project.ts')).movedProjectId(refusal.error, base)
    if (moved !== undefined) tried = await look(moved)
    const word = ref.value.replace(/^refs\/(heads|tags)\//, '')
    // Then it is something else that GitLab minds.
    if (!tried.isAllowed || tried.found.some(({ name }) => name === word)) return failure
    const said = moved === undefined ? '' : ` The project has moved: use --project ${moved}.`
    const meant = suggestion(word, tried.found)
    if (meant === '') return failure
    const { exit, message, build, cause } = failure
    const hint = `${meant} Right after a push a new name may take a moment.${said}`
    return new TriggerError({ exit, message, hint, build, cause })
  } catch {
    return failure
  } finally {
    end()
    // What is still under way is not to keep the process.
    limit.abort(new DeadlineError('over'))
  }
}
