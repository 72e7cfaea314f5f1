import type { OpenAnswer } from '../../http/message.ts'
import type { NoAnswer } from '../../http/message.ts'
import type { Answer } from '../../http/message.ts'
import type { HttpRequest } from '../../http/message.ts'
import { ApiError } from './reader.ts'

/** What opening a file brought: the file, another answer, or none. */
export type Opened = OpenAnswer | Answer | NoAnswer

/** Whether the file is somewhere else: with object storage, GitLab answers 302 to a signed URL (`present_carrierwave_file!`). */
export function isRedirect(opened: Opened): opened is Answer {
  return opened.kind === 'answer' && [302, 303, 307].includes(opened.status)
}

/** Where a redirect leads to; throws a ReadError where that is nothing to be followed: no URL, no https, or one with a password. */
export function storageUrl({ status, headers }: Answer, base: string): string {
  const location = headers['location'] ?? ''
  if (!URL.canParse(location)) throw new ApiError('it is kept at an address that is none', status)
  const { protocol, username, password, href } = new URL(location)
  const isSafe = protocol === 'https:' || (protocol === 'http:' && base.startsWith('http:'))
  if (!isSafe || username !== '' || password !== '')
    throw new ApiError('it is kept at an address that is not safe to ask (no https)', status)
  return href
}

/** What may be told of such a request: the query of a signed URL is a key to the file. */
export function loggableRequest(url: string): HttpRequest {
  const { origin, pathname } = new URL(url)
  return { method: 'GET', url: origin + pathname, headers: {} }
}
