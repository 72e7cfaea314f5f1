import { usageError } from '../../core/errors.ts'
import { quotedWord } from '../../core/text/shown-word.ts'
import { parseProject } from './project.ts'

/** A pipeline argument on the command line: an id, or the URL of a GitLab page or of GitLab's API. */
export type PipelineArgument = { kind: 'pipeline'; id: number } | { kind: 'page'; url: URL }

/** The pipeline or job that a GitLab page, or an answer of GitLab's API, shows. */
export interface GitLabPage {
  project: string
  kind: 'pipeline' | 'job'
  id: number
}

/** What stands on stdout in the place of the id of a pipeline that was not created. */
export const noId = '-'

function idIn(text: string, where: string): number {
  const id = Number(text)
  if (!Number.isSafeInteger(id) || id < 1) throw usageError(`${where}: the number ${text} is out of range`)
  return id
}

/** A URL for messages, without query and fragment: these may hold a token. */
export const shownUrl = ({ origin, pathname }: URL): string => origin + pathname

/** Parses a pipeline id or a URL. Throws a usage error without the text, which may be a token; its hint ends with `more`. */
export function parsePipelineReference(word: string, more = ''): PipelineArgument {
  if (/^#?\d+$/.test(word)) return { kind: 'pipeline', id: idIn(word.replace('#', ''), 'pipeline') }
  const ids = word.match(/\d+/g)
  if (ids && word.includes(',') && /^[#\d,\s]+$/.test(word))
    throw usageError(`"${word}" is not a pipeline id or URL`, `Write ids without commas: ${ids.join(' ')}`)
  const hint = 'Give the id of a pipeline (4711), or the URL of its page.'
  if (word === noId)
    throw usageError(
      '"-" is not a pipeline: it stands for a target that was not triggered',
      `Leave it out. ${hint}`,
    )
  if (!/^https?:\/\//i.test(word) || !URL.canParse(word))
    throw usageError(`${quotedWord(word).trim() || 'that'} is not a pipeline id or URL`, hint + more)
  const url = new URL(word)
  if (url.username !== '' || url.password !== '') {
    throw usageError('a user name or password does not belong in the URL of a pipeline', hint)
  }
  return { kind: 'page', url }
}

/** How to find the id of a pipeline, behind another sentence. */
export const toListPipelines = ' To list the recent ones: gitlab-trigger pipelines'

/** Throws a usage error for the URL of a job, for commands that act on whole pipelines. */
export function refuseJobPages(words: readonly string[]): void {
  for (const word of words.map((each) => parsePipelineReference(each, toListPipelines))) {
    if (word.kind === 'pipeline' || !/\/(jobs|builds)\/\d+(\/|$)/.test(word.url.pathname)) continue
    throw usageError(
      `${shownUrl(word.url)} is the page of a job, not of a pipeline`,
      'Give the id or the URL of its pipeline.',
    )
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    throw usageError(`the URL: its path ${path} is not valid UTF-8`)
  }
}

/**
 * Where pipelines and jobs are below the base URL of a server: in the API, on pages, and on pages of GitLab
 * before 12, which had no `/-/`. API v3 called jobs builds. GitLab has no group named `api`.
 */
const routes = [
  /^\/api\/v[34]\/projects\/(.+?)\/(pipelines|jobs|builds)\/(\d+)(?:\/|$)/,
  /^\/(?!api\/)(.+?)(?:\/-)?\/(pipelines|jobs|builds)\/(\d+)(?:\/|$)/,
]

/**
 * Parses a URL below the base URL of a server: of a page, or of the API. Undefined if it is not below it.
 * Throws a usage error for anything but pipelines and jobs.
 */
export function pageFromUrl(url: URL, base: string): GitLabPage | undefined {
  const own = new URL(base)
  const prefix = own.pathname.replace(/\/$/, '')
  if (url.origin !== own.origin || !url.pathname.startsWith(`${prefix}/`)) return undefined
  const below = url.pathname.slice(prefix.length)
  const match = routes.map((route) => route.exec(below)).find((found) => found !== null)
  if (!match) {
    throw usageError(
      `${shownUrl(url)} is not the page of a pipeline or job`,
      'It ends in /-/pipelines/4711 or /-/jobs/9001, or for the API in /projects/9/pipelines/4711.',
    )
  }
  const [, path = '', kind, number = ''] = match
  return {
    project: parseProject(decoded(path), 'the URL'),
    kind: kind === 'pipelines' ? 'pipeline' : 'job',
    id: idIn(number, 'the URL'),
  }
}
