import { usageError } from '../core/errors.ts'
import { shellQuote } from '../core/text/shell-quote.ts'
import type { CompleteTarget } from './complete-target.ts'
import { refuseForeignTokens } from './credentials/token-sources.ts'
import { keyText } from './edit/key-path.ts'
import { refuseUnseen, type Plan } from './plan.ts'

const isNumber = (project: string): boolean => /^\d+$/.test(project)

/** What to do where the config knows projects by their paths and this one is given by number, or the other way round: it may be one of those. */
function otherName(
  name: string,
  project: string,
  projects: Readonly<Record<string, { id?: number }>>,
): string {
  const known = Object.entries(projects)
    .filter(([key, { id }]) => id === undefined && isNumber(key) !== isNumber(project))
    .map(([key]) => key)
  const [first = ''] = known
  if (known.length === 0) return ''
  const shown = known.slice(0, 3).join(', ') + (known.length > 3 ? ', ...' : '')
  const own = `The config names ${shown}; if that is this project, give it so`
  if (isNumber(first)) return `${own}. `
  const key = shellQuote(
    keyText(['servers', name, 'projects', known.length === 1 ? first : 'GROUP/NAME', 'id']),
  )
  return `${own}, or once: gitlab-trigger config set ${key} ${project}. `
}

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
    throw usageError('no token given', `S${usual.slice(1)}`)
  }
  const words = ['config', 'edit-token', server.name, '--project', project.value]
  const other = otherName(server.name, project.value, projects ?? {})
  throw usageError(
    `no trigger token for ${project.value} on ${server.name}`,
    `${other}Store it: gitlab-trigger ${words.map(shellQuote).join(' ')}. Or ${usual}`,
  )
}
