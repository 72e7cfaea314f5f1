import { projectEntry } from '../../config/layers.ts'
import type { Settings } from '../../config/settings.ts'
import type { TriggerError } from '../../core/errors.ts'
import { shellQuote } from '../../core/text/shell-quote.ts'
import { isUndecided, tokenIsWrong } from '../../gitlab/errors/advice.ts'
import { readProject, type Project } from '../../gitlab/resources/projects.ts'
import { lookAfterRefusal } from './look-after-refusal.ts'
import type { TriggerAttempt } from '../trigger-attempt.ts'

/** What to do where the config knows the project by its other name only, so that the token of its entry was not used. */
function otherName({ server: { entry }, project }: Settings, { id, path }: Project): string {
  if (!entry || projectEntry(entry, project.value)) return ''
  const other = [path, String(id)].find((name) => projectEntry(entry, name))
  return other === undefined ? '' : ` The config knows it by its other name: --project ${shellQuote(other)}.`
}

/** Forgets what was remembered of the project: another one may have its names by now. */
async function forgetNames(
  { server, project }: Settings,
  { context, options }: Pick<TriggerAttempt, 'context' | 'options'>,
): Promise<void> {
  const { stateFolder } = options
  if (stateFolder === undefined || !server.entry?.data.projects) return
  const { forgetProject } = await import('../../state/known-projects.ts')
  await forgetProject(stateFolder, server.value.base, project.value, context)
}

/**
 * Says of a 404, which GitLab gives for a wrong project and for a wrong token alike, which of them it is, where an API token
 * can tell; without one, which command does. Returns any other failure as it is.
 */
export async function withWrongProjectOrToken(
  failure: TriggerError,
  settings: Settings,
  attempt: Pick<TriggerAttempt, 'context' | 'budget' | 'report' | 'options'>,
): Promise<TriggerError> {
  const { project, token, apiToken, isJobToken } = settings
  if (!isUndecided(failure.hint)) return failure
  await forgetNames(settings, attempt)
  if (!apiToken) {
    const about = { verb: 'doctor', project: project.value, access: settings } as const
    const command = attempt.options.following.suggest(about)
    return failure.with({ hint: `${failure.hint} To find out, with an API token: ${command}` })
  }
  return lookAfterRefusal(failure, settings, attempt, async (lookUp) => {
    const tried = await lookUp('', (reader) => readProject(reader, project.value))
    if (!tried.isAllowed || !token) return failure
    const { found } = tried
    if (!found) {
      const hint = `The API token from ${apiToken.origin} sees no project "${project.value}": correct --project, or give that token access. To search: gitlab-trigger projects TEXT`
      return failure.with({ hint })
    }
    const why = tokenIsWrong(found.project, {
      token: token.value.reveal(),
      tokenOrigin: token.origin,
      isJobToken,
      project: project.value,
    })
    const other = otherName(settings, found.project)
    return failure.with({ hint: `${why}${other}` })
  })
}
