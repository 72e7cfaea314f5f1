import { missingError } from '../core/errors.ts'
import { shellQuote } from '../core/text/shell-quote.ts'
import type { CompleteTarget } from './complete-target.ts'
import { refuseForeignTokens } from './credentials/token-sources.ts'
import { refuseUnseen, type Plan } from './plan.ts'
import { otherNameAdvice } from './project/other-name-advice.ts'

/** Throws the error for a target without a trigger token, before anything is sent. */
export function refuseWithoutTriggerToken(
  { server, project }: Pick<CompleteTarget, 'server' | 'project'>,
  plan: Plan,
): never {
  const usual = 'set GITLAB_TRIGGER_TOKEN, or use --token-file PATH or --token-stdin.'
  refuseUnseen(plan.config)
  const projects = server.entry?.data.projects
  if (projects === undefined) refuseForeignTokens(server, plan)
  if (server.name === undefined) {
    throw missingError('no token given', `S${usual.slice(1)}`)
  }
  const words = ['config', 'edit-token', server.name, '--project', project.value]
  throw missingError(
    `no trigger token for ${project.value} on ${server.name}`,
    `${otherNameAdvice(server, project.value)}Store it: gitlab-trigger ${words.map(shellQuote).join(' ')}. Or ${usual}`,
  )
}
