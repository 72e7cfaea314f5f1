import { objectMembers } from '../api/answer.ts'
import type { Client } from '../api/client.ts'
import { ApiError } from '../api/reader.ts'

const developer = 30
const maintainer = 40

/** The JSON at a path; undefined where GitLab does not tell: old servers, other kinds of tokens. */
async function told(client: Client, path: string): Promise<unknown> {
  try {
    return await client.get(path)
  } catch (error) {
    if (error instanceof ApiError && error.isRefusal && error.status !== 401) return undefined
    throw error
  }
}

/** What its scopes say against it. Any scope may ask for this (since GitLab 15.5); a fine-grained token has none that tell. */
async function whyByScopes(client: Client): Promise<string> {
  const { scopes } = objectMembers(await told(client.forProject(''), '/personal_access_tokens/self'))
  if (!Array.isArray(scopes) || scopes.includes('api') || scopes.includes('granular')) return ''
  const [one, ...others] = scopes.map(String)
  if (one === undefined) return ''
  return `its scope${others.length > 0 ? 's are' : ' is'} ${[one, ...others].join(', ')}, and api is needed`
}

function levelOf(access: unknown): number {
  const { access_level: level } = objectMembers(access)
  return typeof level === 'number' ? level : 0
}

/** What the role of its user says against it. An administrator is no member, and may all the same. */
async function whyByRole(client: Client, cancels: boolean): Promise<string> {
  const project = objectMembers(await told(client, ''))
  const { project_access: own, group_access: ofGroup } = objectMembers(project['permissions'])
  const level = Math.max(levelOf(own), levelOf(ofGroup))
  if (level > 0 && level < developer) return 'the role of its user is below Developer'
  const who = cancels ? project['ci_restrict_pipeline_cancellation_role'] : undefined
  if (who === 'no_one') return 'the project does not allow canceling pipelines'
  if (who === 'maintainer' && level > 0 && level < maintainer)
    return 'the project allows only maintainers to cancel pipelines'
  return ''
}

/**
 * Why the credential of a client may not start jobs or, with `cancels`, cancel pipelines of its project, as far as
 * GitLab tells; '' where nothing says so. Reads only. Throws an ApiError where the server cannot be asked, and with 401
 * where the token is not accepted.
 */
export async function whyNotAllowed(client: Client, cancels: boolean): Promise<string> {
  return (await whyByScopes(client)) || (await whyByRole(client, cancels))
}
