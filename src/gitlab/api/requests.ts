import { nonceField } from '../../core/marker.ts'
import type { HttpRequest } from '../../http/message.ts'
import type { Secret } from '../../core/secret.ts'
import type { Dialect } from './dialect.ts'

/** A project on a server, as every request names it. */
export interface ProjectAddress {
  /** Scheme, host, port and path prefix, without a slash at the end. */
  base: string
  /** A number, or a full path, not encoded; '' for what is outside of all projects. */
  project: string
}

/** What a trigger carries. */
export interface Trigger extends ProjectAddress {
  ref: string
  variables: readonly { key: string; value: string }[]
  inputs: readonly { key: string; value: string }[]
  /** What the pipeline is found by if the response is lost; undefined where it is not looked for. */
  nonce?: string | undefined
}

/** What reads authenticate with. Without one they have no login. */
export interface Credential {
  header: 'PRIVATE-TOKEN' | 'JOB-TOKEN'
  token: Secret
}

function projectUrl({ base, project }: ProjectAddress, dialect: Pick<Dialect, 'name'>): string {
  const api = `${base}/api/${dialect.name}`
  return project === '' ? api : `${api}/projects/${encodeURIComponent(project)}`
}

/** Where a trigger is posted to. */
export function triggerUrl(target: ProjectAddress, dialect: Dialect): string {
  return `${projectUrl(target, dialect)}/${dialect.endpoint}`
}

/**
 * The fields of a trigger's form, in order; `token` is whatever stands for the token. API v3 keeps no fields
 * of ours, so that it gets no nonce.
 */
export function triggerFields(
  trigger: Trigger,
  token: string,
  { name }: Pick<Dialect, 'name'>,
): [name: string, value: string][] {
  const { nonce } = trigger
  return [
    ['token', token],
    ['ref', trigger.ref],
    ...(nonce === undefined || name === 'v3' ? [] : [[nonceField, nonce] satisfies [string, string]]),
    ...trigger.variables.map(({ key, value }): [string, string] => [`variables[${key}]`, value]),
    ...trigger.inputs.map(({ key, value }): [string, string] => [`inputs[${key}]`, value]),
  ]
}

/** The one POST. The token is in the body, never in the URL, where logs would keep it (docs/gitlab.md#9.13). */
export function triggerRequest(trigger: Trigger, token: Secret, dialect: Dialect): HttpRequest {
  return {
    policy: 'trigger',
    method: 'POST',
    url: triggerUrl(trigger, dialect),
    headers: {},
    form: triggerFields(trigger, token.reveal(), dialect),
  }
}

/**
 * A read of something of the project; `path` begins with a slash, or is '' for the project itself. API tokens go as
 * PRIVATE-TOKEN: older GitLabs answer 401 to a personal token in Authorization (docs/gitlab.md#10.7).
 */
export function readRequest(
  target: ProjectAddress,
  dialect: Pick<Dialect, 'name'>,
  path: string,
  credential: Credential | undefined,
  policy: HttpRequest['policy'] = 'read',
): HttpRequest {
  const request = { policy, method: 'GET', url: projectUrl(target, dialect) + path } as const
  if (!credential) return { ...request, headers: {} }
  const { header, token } = credential
  const text = token.reveal()
  const renewed = async (): Promise<HttpRequest['headers'] | undefined> => {
    const changed = await token.renewed(text)
    return changed === undefined ? undefined : { [header]: changed }
  }
  return { ...request, headers: { [header]: text }, renewed }
}
