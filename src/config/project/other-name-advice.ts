import { shellQuote } from '../../core/text/shell-quote.ts'
import { keyText } from '../edit/key-path.ts'
import type { ServerChoice } from '../server/server-choice.ts'
import { isProjectNumber, namedOtherwise } from './named-otherwise.ts'

/** What to do where the config may name a project of a server otherwise; '' where it does not. */
export function otherNameAdvice({ name, entry }: ServerChoice, project: string): string {
  const known = namedOtherwise(project, entry?.data.projects ?? {})
  const [first = ''] = known
  if (known.length === 0 || name === undefined) return ''
  const shown = known.slice(0, 3).join(', ') + (known.length > 3 ? ', ...' : '')
  const own = `The config names ${shown}; if that is this project, give it so`
  if (isProjectNumber(first)) return `${own}. `
  const key = shellQuote(
    keyText(['servers', name, 'projects', known.length === 1 ? first : 'GROUP/NAME', 'id']),
  )
  return `${own}, or once: gitlab-trigger config set ${key} ${project}. `
}
