import type { Answer } from '../../http/message.ts'
import { gitlabWords, jsonOf, objectMembers } from '../api/answer.ts'

/** Something that stands before GitLab and has answered in its place: a proxy, a firewall, a sign-in. */
export interface AnsweredBefore {
  /** Its name for itself, as `squid/5.7`; '' where it gives none. */
  server: string
  /** The title of its page, or where it sends us; '' where it says nothing that may be shown. */
  words: string
  hint: string
}

const isStatus = (status: number, from: number, to: number): boolean => status >= from && status <= to

/** Headers that GitLab puts on its answers, and nothing before it does (docs/gitlab.md#10.6). */
const gitlabHeaders = ['x-gitlab-meta', 'x-request-id', 'x-runtime']

/** Plain texts of GitLab's own where it usually gives JSON: to an address that it has blocked (docs/gitlab.md#2.3). */
const gitlabTexts = /^Forbidden\s*$/

/** GitLab's own pages: titles that name it, and those that end in the status, next to its logo (docs/gitlab.md#2.3). */
function isPageOfGitlab(body: string, title: string): boolean {
  if (/\bGitLab\b(?!\.)/.test(title)) return true
  return /\((4|5)\d\d\)$/.test(title) && /alt="GitLab/i.test(body)
}

const isHtml = ({ headers, body }: Answer): boolean =>
  /html/i.test(headers['content-type'] ?? '') || /^\s*<(!doctype|html|head|body|h1|title)/i.test(body)

/** Whether an answer has the form of GitLab's; where that cannot be told, it is taken for GitLab's. */
function isOfGitlab(answer: Answer): boolean {
  const { status, headers, body } = answer
  if (gitlabHeaders.some((name) => headers[name] !== undefined)) return true
  const json = jsonOf(answer)
  if (isStatus(status, 200, 299)) return json !== undefined || !isHtml(answer)
  const { message, error } = objectMembers(json)
  if (message !== undefined || error !== undefined) return true
  if (isHtml(answer)) return isPageOfGitlab(body, gitlabWords(answer))
  if (typeof json === 'object') return false
  // Of half an answer nothing can be told, and of a text only where GitLab's own is JSON.
  const isJsonOfGitlab = [401, 403, 404, 405].includes(status)
  return !answer.isComplete || body.trim() === '' || !isJsonOfGitlab || gitlabTexts.test(body)
}

const cut = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}...` : text)

/** What an answer says: the title of its page, or its first words. What is to be JSON may hold secrets. */
const wordsOf = (answer: Answer): string => (jsonOf(answer) === undefined ? cut(gitlabWords(answer)) : '')

/** What servers answer to plain HTTP on a port for TLS: nginx, Apache, Go. */
const plainHttp =
  /plain HTTP request was sent to HTTPS port|speaking plain HTTP to an SSL|HTTP request to an HTTPS server/i

/** Where a redirect leads that is none of GitLab's API: a path of that API, and GitLab's own pages, are. */
function signInOf({ status, headers }: Answer, base: string): URL | undefined {
  const location = headers['location'] ?? ''
  if (!isStatus(status, 300, 399) || !URL.canParse(location, base)) return undefined
  const url = new URL(location, base)
  const isApi = /\/api\/v\d(\/|$)/.test(url.pathname)
  const isElsewhere = url.hostname !== new URL(base).hostname
  const isSignIn = /log-?in|sign-?in|auth|sso|saml|adfs|cas\b|idp|consent|portal|access/i
  if (isApi || (!isElsewhere && url.pathname.endsWith('/users/sign_in'))) return undefined
  return isSignIn.test(url.hostname + url.pathname) || (isElsewhere && url.search !== '') ? url : undefined
}

/**
 * What stands before GitLab where an answer is not GitLab's own; undefined where it is, or where that cannot be told. What it says is then nothing that
 * GitLab says of token, project or ref.
 */
export function answeredBefore(answer: Answer, base: string): AnsweredBefore | undefined {
  const server = cut(answer.headers['server'] ?? '')
  const signIn = signInOf(answer, base)
  if (signIn) {
    return {
      server,
      words: `it sends to ${signIn.host}`,
      hint: `It points to ${signIn.origin}${signIn.pathname}, most likely to sign in: the API must be reachable without that. Redirects are never followed.`,
    }
  }
  const isPlainHttp = plainHttp.test(answer.body)
  if (isStatus(answer.status, 300, 399) || (isOfGitlab(answer) && !isPlainHttp)) return undefined
  const hint = isPlainHttp
    ? `That port speaks HTTPS: use ${base.replace(/^http:/, 'https:')} as the server.`
    : `A proxy, firewall or sign-in stands before ${base}: check its address (the server URL), --proxy and NO_PROXY, or ask who runs it.`
  return { server, words: wordsOf(answer), hint }
}

/** The words that say so, with its name where it gives one: `something before GitLab answered (squid/5.7)`. */
export function namedBefore({ server }: AnsweredBefore): string {
  return `something before GitLab answered${server && ` (${server})`}`
}

/** The same with what it said. */
export function quotedBefore(before: AnsweredBefore): string {
  return namedBefore(before) + (before.words && `: ${before.words}`)
}
