import { sourceOfToken } from '../trigger/pipeline-lists.ts'
import type { Attempt } from './advice.ts'

/**
 * A page for a browser on which the pipelines of a trigger are listed. Of a project that is known by its number
 * it is the project's own page, to which GitLab redirects: pages below it have the path in their address.
 */
function pageOf({ base, project, ref, token, isJobToken, dialect }: Attempt): string {
  if (/^\d+$/.test(project)) return `${base}/projects/${project}`
  const path = `${base}/${project.split('/').map(encodeURIComponent).join('/')}`
  if (dialect.name === 'v3') return `${path}/pipelines`
  const short = ref.replace(/^refs\/(heads|tags)\//, '')
  const source = sourceOfToken(token, isJobToken)
  const query = new URLSearchParams({ ...(source !== 'either' && { source }), ref: short })
  return `${path}/-/pipelines?${query.toString()}`
}

/** How to check whether a pipeline exists before the trigger is repeated: a page, and a command to paste. */
export function howToCheck(attempt: Attempt): string {
  const command = attempt.listCommand?.(attempt.dialect)
  const { project, ref, dialect } = attempt
  // There nothing tells which builds a trigger made.
  const what = dialect.name === 'v3' ? ` (the builds of project ${project}, ref ${ref})` : ''
  const page = `Check first whether it was created${what}: ${pageOf(attempt)}`
  return command === undefined ? page : `${page} or run: ${command}`
}

const toFindIt = ' To find it: '

/** The end of a hint about a pipeline that exists, and whose id GitLab did not give: the page on which it is listed. */
export const whereItIsListed = (attempt: Attempt): string => `${toFindIt}${pageOf(attempt)}`

/** A hint with the page of the pipeline instead of the one on which it is listed; '' for none. */
export function withPage(hint: string, page: string): string {
  return page === '' ? hint : `${hint.split(toFindIt, 1)[0] ?? ''} Its page: ${page}`
}
