import type { Settings } from '../../config/settings.ts'
import type { Setting } from '../../config/setting.ts'
import { TriggerError } from '../../core/errors.ts'
import { apiTokenSources } from '../../core/hints.ts'
import type { Secret } from '../../core/secret.ts'
import type { Dialect } from '../../gitlab/api/dialect.ts'
import { candidates } from '../../gitlab/api/first-allowed.ts'
import { ApiError, readerFor, type Reader } from '../../gitlab/api/reader.ts'
import { readProject, type Project } from '../../gitlab/resources/projects.ts'
import { listRefs, type Ref } from '../../gitlab/resources/refs.ts'
import type { RequestSender } from '../../http/http-session.ts'
import { suggestedRefs } from '../../trigger/refusals/suggest-refs.ts'
import { bad, good, skipped, warning, type Finding } from './finding.ts'
import { suggestedCommand, type RepeatedFlags } from '../../session/suggested-command.ts'

/** What a credential shows of the project; `project` is undefined where it sees none. */
export interface SeenProject {
  project: Project | undefined
  reader: Reader
  /** The API token was accepted, and is the one that saw this. */
  isByApiToken: boolean
}

/** The tokens that may read. */
export interface ReadingTokens {
  apiToken: Setting<Secret> | undefined
  jobToken: Setting<Secret> | undefined
}

/** Reads the project with the first credential that sees it; undefined where nothing is known. Throws an abort's reason. */
export async function seeProject(
  { server, project }: Settings,
  dialect: Dialect,
  { apiToken, jobToken }: ReadingTokens,
  sender: RequestSender,
): Promise<SeenProject | undefined> {
  const { base } = server.value
  let hidden: SeenProject | undefined
  for (const { credential } of candidates(apiToken?.value, jobToken?.value)) {
    const isByApiToken = credential?.header === 'PRIVATE-TOKEN'
    try {
      const found = await readProject(
        readerFor({ base, project: '' }, dialect, credential, sender),
        project.value,
      )
      const id = found?.movedTo ?? project.value
      const reader = readerFor({ base, project: id }, dialect, credential, sender)
      if (found) return { project: found.project, reader, isByApiToken }
      if (isByApiToken) hidden = { project: undefined, reader, isByApiToken }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
    }
  }
  return hidden
}

/** How a token of the server is stored, as a line to paste. */
const withApiToken = ({ server }: Settings): string =>
  server.name === undefined
    ? `set ${apiTokenSources}`
    : `gitlab-trigger config edit-token ${server.name} --api`

const named = ({ id, path }: Project): string => (path === '' ? String(id) : `${path} (${id})`)

/** Whether the project is there and takes pipelines. `isTokenGood` is whether it was seen to take the trigger token. */
export function checkProject(
  seen: SeenProject | undefined,
  isTokenGood: boolean,
  settings: Settings,
  { apiToken }: ReadingTokens,
  flags: RepeatedFlags,
): Finding {
  const { project } = settings
  if (!seen)
    return isTokenGood
      ? skipped('project', `only an API token shows it: ${withApiToken(settings)}`)
      : skipped('project', `whether it exists is not known without an API token: ${withApiToken(settings)}`)
  if (!seen.project) {
    const detail = `the API token from ${apiToken?.origin ?? 'nowhere'} sees no project "${project.value}"`
    const words = [project.value.split('/').at(-1) ?? '']
    const search = suggestedCommand({ verb: 'projects', access: settings, words }, flags)
    const hint = `Correct --project, or give that token access. To search: ${search}`
    if (isTokenGood) return warning('project', detail, hint)
    return bad('project', new TriggerError({ exit: 'notAccepted', message: detail, hint }))
  }
  const { triggers } = seen.project
  if (triggers === 'archived' || triggers === 'CI/CD is off') {
    const isArchived = triggers === 'archived'
    return bad(
      'project',
      new TriggerError({
        exit: 'refused',
        message: `${named(seen.project)} ${isArchived ? 'is archived' : 'has CI/CD turned off'}`,
        hint: isArchived
          ? 'Unarchive it: Settings > General > Advanced.'
          : 'Turn it on: Settings > General > Visibility, project features, permissions.',
      }),
    )
  }
  return good('project', `${named(seen.project)}${triggers === null ? '' : ', CI/CD is on'}`)
}

/** Whether the ref exists; only what may be read tells. */
export async function checkRef(
  seen: SeenProject | undefined,
  { ref }: Settings,
  isGiven: boolean,
): Promise<Finding> {
  if (!isGiven) return skipped('ref', 'no ref is given')
  if (!seen?.project) return skipped('ref', 'the branches and tags may not be read')
  if (/^[0-9a-f]{40}$/i.test(ref.value)) return skipped('ref', 'it is a commit')
  const [, kind, name = ref.value] = /^refs\/(heads|tags)\/(.+)$/.exec(ref.value) ?? []
  try {
    const isMeant = (each: Ref): boolean =>
      each.name === name && (kind === undefined || each.kind === (kind === 'tags' ? 'tag' : 'branch'))
    const found = (await listRefs(seen.reader, name)).filter(isMeant)
    const [first, second] = found
    if (second) {
      const message = `"${name}" is both a branch and a tag`
      const hint = `Say which: --ref refs/heads/${name} or --ref refs/tags/${name}.`
      return bad('ref', new TriggerError({ exit: 'refused', message, hint }))
    }
    if (first) return good('ref', `${first.kind} ${name}${first.isProtected ? ', protected' : ''}`)
    const message = `there is no branch or tag "${ref.value}"`
    return bad(
      'ref',
      new TriggerError({ exit: 'refused', message, hint: await suggestedRefs(name, seen.reader) }),
    )
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return skipped('ref', `the branches and tags could not be read: ${error.message}`)
  }
}

/** Whether the project lets the variables of the trigger be set (docs/gitlab.md#2.8). */
export function checkVariables(seen: SeenProject | undefined, { variables, inputs }: Settings): Finding {
  const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
  const unchecked = inputs.length === 0 ? '' : `; ${counted(inputs.length, 'input')} not checked`
  const count = `${counted(variables.length, 'variable')}${unchecked}`
  if (variables.length === 0) return skipped('variables', `none are given${unchecked}`)
  const project = seen?.project
  if (!project) return skipped('variables', `${count}; it is not known whether the project accepts them`)
  if (project.triggers === 'no variables') {
    const message = `${named(project)} does not allow pipeline variables`
    const hint = 'Settings > CI/CD > Variables > Minimum role; inputs (--input) are not affected.'
    return bad('variables', new TriggerError({ exit: 'notAccepted', message, hint }))
  }
  const { variablesRole } = project
  const isOpen = variablesRole === null || variablesRole === 'developer'
  const who = isOpen ? '' : `; the owner of the trigger token must be ${variablesRole} or more`
  return good('variables', `${count}${who}`)
}
