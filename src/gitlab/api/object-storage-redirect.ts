import type { Opened } from '../../http/http-session.ts'
import type { Answer, HttpRequest } from '../../http/message.ts'
import { ApiError } from './reader.ts'

/** Whether the file is somewhere else: with object storage, GitLab answers 302 to a signed URL (`present_carrierwave_file!`). */
export function isRedirect(opened: Opened): opened is Answer {
  return opened.kind === 'answer' && [302, 303, 307].includes(opened.status)
}

/** Where a redirect leads to; throws an ApiError where that is nothing to be followed: no URL, no https, or one with a password. */
export function storageUrl({ status, headers }: Answer, base: string): string {
  const location = headers['location'] ?? ''
  if (!URL.canParse(location)) throw new ApiError('it is kept at an address that is none', status)
  const { protocol, username, password, href } = new URL(location)
  const isSafe = protocol === 'https:' || (protocol === 'http:' && base.startsWith('http:'))
  if (!isSafe || username !== '' || password !== '')
    throw new ApiError('it is kept at an address that is not safe to ask (no https)', status)
  return href
}

/** What may be shown of such a request: the query of a signed URL is a key to the file. */
export function loggableRequest(url: string): HttpRequest {
  const { origin, pathname } = new URL(url)
  return { policy: 'read', method: 'GET', url: origin + pathname, headers: {} }
}
