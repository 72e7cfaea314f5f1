import type { TriggerToken } from '../tokens/trigger-token.ts'
import type { Tokens } from './seeds.ts'

/** A scope of a personal access token, or one that GitLab names besides them. */
export type Scope = 'api' | 'read_api' | 'read_user' | 'ai_workflows' | 'mcp'

/** A personal access token: it acts as its user, within its scopes. */
export interface PersonalToken {
  kind: 'personal'
  username: string
  scopes: readonly Scope[]
  /** Milliseconds. */
  expiresAt: number | null
  revoked: boolean
}

/** The token of a CI job: it acts as the user who runs the job, in the projects that let its project in. */
export interface JobToken {
  kind: 'job'
  username: string
  /** The number of the project whose job it is. */
  project: number
  state: 'running' | 'finished' | 'expired'
}

/** What a token text stands for. */
export type Credential = { kind: 'trigger'; trigger: TriggerToken } | PersonalToken | JobToken

/** A personal access token with the scope `api`, unless another is said. */
export function personalToken(username: string, more: Partial<PersonalToken> = {}): PersonalToken {
  return { kind: 'personal', username, scopes: ['api'], expiresAt: null, revoked: false, ...more }
}

function jobToken(state: JobToken['state'], project = 9, username = 'seed'): JobToken {
  return { kind: 'job', username, project, state }
}

/** The credentials that every world begins with, by their texts. */
export function seedCredentials(tokens: Tokens, triggers: readonly TriggerToken[]): Map<string, Credential> {
  return new Map<string, Credential>([
    ...triggers.map((trigger): [string, Credential] => [trigger.token, { kind: 'trigger', trigger }]),
    [tokens.api, personalToken('seed')],
    [tokens.colleague, personalToken('colleague')],
    [tokens.readApi, personalToken('seed', { scopes: ['read_api'] })],
    [tokens.developer, personalToken('developer')],
    [tokens.reporter, personalToken('reporter')],
    [tokens.guest, personalToken('guest')],
    [tokens.stranger, personalToken('stranger')],
    [tokens.expired, personalToken('seed', { expiresAt: 0 })],
    [tokens.revoked, personalToken('seed', { revoked: true })],
    [tokens.blocked, personalToken('blocked')],
    [tokens.job, jobToken('running')],
    [tokens.finishedJob, jobToken('finished')],
    [tokens.expiredJob, jobToken('expired')],
    [tokens.outsideJob, jobToken('running', 12, 'other')],
  ])
}
