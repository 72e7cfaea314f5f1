import type { ApiError } from './reader.ts'

/**
 * The id of a project that has moved, by what GitLab says of its old path; undefined for any other redirect. A 301 with that text and the
 * numeric address (docs/gitlab.md#2.7); it is never followed.
 */
export function movedProjectId({ status, message, headers }: ApiError, base: string): string | undefined {
  const location = headers['location'] ?? ''
  if (status !== 301 || !message.includes('moved permanently') || !URL.canParse(location)) return undefined
  const prefix = new URL(base).pathname.replace(/\/$/, '')
  const { pathname } = new URL(location)
  if (!pathname.startsWith(`${prefix}/api/`)) return undefined
  return /^\/api\/v\d\/projects\/(\d+)(\/|$)/.exec(pathname.slice(prefix.length))?.[1]
}
