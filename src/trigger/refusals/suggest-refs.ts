import type { Settings } from '../../config/settings.ts'
import { nearestOf } from '../../core/did-you-mean.ts'
import type { TriggerError } from '../../core/errors.ts'
import type { Reader } from '../../gitlab/api/reader.ts'
import { listRefs, type Ref } from '../../gitlab/resources/refs.ts'
import { lookAfterRefusal } from './look-after-refusal.ts'
import type { RunContext } from '../run-context.ts'

/** A suggestion is not worth reading more refs. */
const mostRefs = 1000

const mostSuggestions = 3

/**
 * Suggests the refs that were most likely meant: the same name without the remote of a checkout (`origin/main`), similar names, or the same
 * name below some folder; else the default branch. '' for none.
 */
function suggestion(name: string, refs: readonly Ref[]): string {
  const names = refs.map((ref) => ref.name)
  const below = names.filter((each) => each.toLowerCase().endsWith(`/${name.toLowerCase()}`))
  const local = name.replace(/^[^/]+\//, '')
  const here = names.filter((each) => each === local)
  const suggested = [...new Set([...here, ...nearestOf(name, names), ...below])].slice(0, mostSuggestions)
  if (suggested.length > 0) return `Did you mean ${suggested.map((each) => `"${each}"`).join(' or ')}?`
  const defaultBranch = refs.find(({ isDefault }) => isDefault)
  return defaultBranch ? `Its default branch is "${defaultBranch.name}".` : ''
}

/** The same, read from a project; '' for none. Throws as `Reader.list`. */
export async function suggestedRefs(name: string, reader: Reader): Promise<string> {
  return suggestion(name, await listRefs(reader, '', mostRefs))
}

function isMissingRef({ exit, message }: TriggerError): boolean {
  return exit === 'refused' && /Reference not found|No builds created/.test(message)
}

/**
 * Adds to the refusal of a ref that does not exist the command that lists those of the project, and the nearest names where an API token may
 * read them. Returns any other failure as it is: it only reads.
 */
export async function withNearestRefs(
  failure: TriggerError,
  settings: Settings,
  running: Pick<RunContext, 'context' | 'budget' | 'report' | 'options'>,
): Promise<TriggerError> {
  if (!isMissingRef(failure)) return failure
  const found = await withSuggestion(failure, settings, running)
  const command = running.options.following.suggest({
    verb: 'refs',
    project: settings.project.value,
    access: settings,
  })
  const needs = settings.apiToken ? '' : ', with an API token'
  return found.with({ hint: `${found.hint} To list branches and tags${needs}: ${command}` })
}

async function withSuggestion(
  failure: TriggerError,
  settings: Settings,
  running: Pick<RunContext, 'context' | 'budget' | 'report'>,
): Promise<TriggerError> {
  const { server, project, ref } = settings
  if (/^[0-9a-f]{40}$/i.test(ref.value)) return failure
  return lookAfterRefusal(failure, settings, running, async (lookUp) => {
    const readRefs = (id: string): ReturnType<typeof lookUp<Ref[]>> =>
      lookUp(id, (reader) => listRefs(reader, '', mostRefs))
    let tried = await readRefs(project.value)
    // A trigger finds a project by its old path, a read does not.
    const movedTo = tried.isAllowed
      ? undefined
      : (await import('../../gitlab/api/moved-project.ts')).movedProjectId(
          tried.refusals[0].error,
          server.value.base,
        )
    if (movedTo !== undefined) tried = await readRefs(movedTo)
    const name = ref.value.replace(/^refs\/(heads|tags)\//, '')
    // If the ref exists, GitLab has refused something else.
    if (!tried.isAllowed || tried.found.some((each) => each.name === name)) return failure
    const suggested = suggestion(name, tried.found)
    if (suggested === '') return failure
    const moved = movedTo === undefined ? '' : ` The project has moved: use --project ${movedTo}.`
    return failure.with({ hint: `${suggested} Right after a push a new name may take a moment.${moved}` })
  })
}
