import { usageError } from '../../core/errors.ts'
import { parseProject } from './project.ts'

/** What a word on the command line names: a pipeline of the chosen project by its number, or a page of GitLab. */
export type PipelineWord = { kind: 'pipeline'; id: number } | { kind: 'page'; url: URL }

/** What a page of GitLab is about. */
export interface Page {
  project: string
  kind: 'pipeline' | 'job'
  id: number
}

function idIn(text: string, where: string): number {
  const id = Number(text)
  if (!Number.isSafeInteger(id) || id < 1) throw usageError(`${where}: the number is out of range`)
  return id
}

/** Reads a pipeline's id or the URL of a pipeline or job. Throws a usage error that does not echo what may be a token. */
export function parsePipelineReference(word: string): PipelineWord {
  if (/^#?\d+$/.test(word)) return { kind: 'pipeline', id: idIn(word.replace('#', ''), 'pipeline') }
  const hint = 'Give the id of a pipeline (4711), or the URL of its page.'
  if (!/^https?:\/\//i.test(word) || !URL.canParse(word)) throw usageError('that is no pipeline', hint)
  const url = new URL(word)
  if (url.username !== '' || url.password !== '') {
    throw usageError('a user name or password does not belong in the URL of a pipeline', hint)
  }
  return { kind: 'page', url }
}

/** Refuses pages of jobs, for what would be done to the whole pipeline. Throws a usage error. */
export function refuseJobPages(words: readonly string[]): void {
  for (const word of words.map(parsePipelineReference)) {
    if (word.kind === 'pipeline' || !/\/(jobs|builds)\/\d+(\/|$)/.test(word.url.pathname)) continue
    throw usageError(
      'that is the page of a job, not of a pipeline',
      'Give the id or the URL of its pipeline.',
    )
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    throw usageError('the URL: its path is not valid UTF-8')
  }
}

/** The page that a URL is of, under the base URL of its server; undefined where it is not under it. Throws a usage error for another page. */
export function pageFromUrl(url: URL, base: string): Page | undefined {
  const own = new URL(base)
  const prefix = own.pathname.replace(/\/$/, '')
  if (url.origin !== own.origin || !url.pathname.startsWith(`${prefix}/`)) return undefined
  // GitLab before 12 had no /-/; v3's jobs were builds.
  const match = /^\/(.+?)(?:\/-)?\/(pipelines|jobs|builds)\/(\d+)(?:\/|$)/.exec(
    url.pathname.slice(prefix.length),
  )
  if (!match) {
    throw usageError(
      'that is not the page of a pipeline or job',
      'It ends in /-/pipelines/4711 or /-/jobs/9001.',
    )
  }
  const [, path = '', kind, number = ''] = match
  return {
    project: parseProject(decoded(path), 'the URL'),
    kind: kind === 'pipelines' ? 'pipeline' : 'job',
    id: idIn(number, 'the URL'),
  }
}
