import { mask } from '../../core/secret.ts'
import { isShowable } from '../../core/text/shown-word.ts'

/** A proxy's address as its parts; user and password are decoded. */
export interface ProxyAddress {
  /** For example http://proxy.example.com:3128; http always has a port, because curl's default is not that of http. */
  url: string
  username: string
  password: string
}

/** Why a text, which is repeated without any part of it that may be secret, is no address of a proxy, and how to write it. */
export interface ProxyMistake {
  why: string
  hint: string
}

/** The schemes, and what is appended where no port is given: curl takes 1080, and 443 for https. */
const schemes: Readonly<Record<string, string>> = {
  http: ':1080',
  https: '',
  socks5: '',
  socks5h: '',
  socks: '',
}

const hostAndPort = /^(\[[\da-f:.]+\]|[\p{L}\p{N}._-]+)(?::(\d*))?$/iu

/** The host as it is dialled. Undefined for one that a URL parser would replace by another, as a number or a full-width dot. */
function plainHost(typed: string): string | undefined {
  if (!URL.canParse(`http://${typed}`)) return undefined
  const { hostname } = new URL(`http://${typed}`)
  const isSame = hostname === typed.toLowerCase() || typed.startsWith('[') || hostname.includes('xn--')
  return isSame ? hostname : undefined
}

/** Scheme, host and port without user and password. Undefined if one of them is none. */
function urlOf(scheme: string, place: string): string | undefined {
  const [, typed = '', port = ''] = hostAndPort.exec(place) ?? []
  const usual = Object.hasOwn(schemes, scheme) ? schemes[scheme] : undefined
  const host = Object.hasOwn(schemes, typed.toLowerCase()) ? undefined : plainHost(typed)
  if (host === undefined || usual === undefined) return undefined
  if (port === '') return `${scheme}://${host}${usual}`
  return Number(port) >= 1 && Number(port) <= 65_535 ? `${scheme}://${host}:${Number(port)}` : undefined
}

function decoded(text: string): string | undefined {
  try {
    const plain = decodeURIComponent(text)
    return /[\x00-\x1f\x7f]/.test(plain) ? undefined : plain
  } catch {
    return undefined
  }
}

/** What must be percent-encoded in user and password: what ends them for some parser, blanks, and a `%` that encodes nothing. */
const unencoded = /[\s"#/?@\x00-\x1f\x7f]|%(?![\da-f]{2})/gi

/** User and password. Undefined where one of them is not encoded as it must be. */
function userOf(text: string): Pick<ProxyAddress, 'username' | 'password'> | undefined {
  if (text.search(unencoded) >= 0) return undefined
  const [name = '', ...rest] = text.split(':')
  const [username, password] = [decoded(name), decoded(rest.join(':'))]
  return username === undefined || password === undefined ? undefined : { username, password }
}

/** The parts between scheme and end: user and password end at the last `@`, as the user means it. */
function split(text: string): { scheme: string; user: string | undefined; place: string } {
  const [, scheme = 'http', rest = text] = /^([a-z][a-z\d+.-]*):\/\/(.*)$/is.exec(text) ?? []
  const at = rest.lastIndexOf('@')
  const user = at < 0 ? undefined : rest.slice(0, at)
  return { scheme: scheme.toLowerCase(), user, place: rest.slice(at + 1) }
}

/** What was probably meant: without quotation marks, blanks and path, and with `://` behind the scheme. */
function repaired(text: string): string {
  return text
    .replace(/^["'“”‘’«»`\s]+|["'“”‘’«»`\s]+$/g, '')
    .replace(/^(https?|socks5?h?)(?::[/\\]*|[/\\]{2})(?=[^:]*[^\d:])/i, '$1://')
    .replace(/(?<=[^:/])\/[^@/]*$/, '')
}

/** The text of a hint, without the password. */
function rightForm(text: string): string {
  const { scheme, user, place } = split(repaired(text))
  const url = urlOf(scheme, place)
  if (url === undefined)
    return 'Write it as http://proxy.example.com:3128; the scheme may be http, https, socks5 or socks5h.'
  if (user === undefined) return `Write it as ${url}.`
  const name = user.includes(':') ? encodeURIComponent(decoded(user.split(':')[0] ?? '') ?? '') : 'USER'
  const codes = [...new Set(user.match(unencoded))].map(
    (char) => `${encodeURIComponent(char)} for ${/\S/.test(char) ? char : 'a blank'}`,
  )
  const how = codes.length === 0 ? '' : `, in user and password ${codes.join(', ')}`
  return `Write it as ${url.replace('://', `://${name}:PASSWORD@`)}${how}.`
}

/** A text that is no address, in quotation marks: user and password are masked, and it is `it` where these may stand in another part of it. */
function repeated(text: string): string {
  const { user, place } = split(text)
  const bare = (user === undefined ? text : place)
    .replace(/^["'“”‘’«»`\s]+|["'“”‘’«»`\s]+$/g, '')
    .replace(/^(?:(?:https?|socks5?h?):|[a-z][a-z\d+.-]*:(?=[/\\]))?[/\\]*/i, '')
  // Behind a colon that begins no port a password may stand.
  const isPlain = /^[^:]*(?::\d*)*(?:[/\\].*)?$/.test(bare)
  if (!isPlain || !(bare === '' || isShowable(bare.replace(/[/\\]+/g, '/')))) return 'it'
  const [beginning = ''] = /^[a-z][a-z\d+.-]*:\/\//i.exec(text) ?? []
  return `"${user === undefined ? text : `${beginning}${mask}@${place}`}"`
}

/** What is wrong with a text that names no host, in the order in which it is looked for. */
const mistakes: readonly (readonly [sign: RegExp, why: string])[] = [
  [/^["'“”‘’«»`]|["'“”‘’«»`]$/, 'it is in quotation marks'],
  [/^\s|\s$/, 'a blank or a line end is before or behind it'],
  [/^(https?|socks5?h?)(?!:\/\/[^/])([:/\\]|$)/i, 'the scheme is not followed by :// and a host'],
  [/^(?!(https?|socks5?h?):)[a-z][a-z\d+.-]*:\/\//i, 'its scheme is not http, https, socks5 or socks5h'],
  [/[^:/]\/./, 'a path does not belong in it'],
  [/:\d+$/, 'its host or port is none'],
]

/**
 * Parses the address of a proxy as curl does, and refuses what curl refuses, or would connect to another host for than a reader expects
 * (docs/decisions/0056-addresses-of-proxies.md).
 */
export function parseProxyAddress(text: string): ProxyAddress | ProxyMistake {
  const { scheme, user, place } = split(text)
  const url = urlOf(scheme, place.replace(/\/$/, ''))
  const credentials = userOf(user ?? '')
  if (url !== undefined && credentials !== undefined) return { url, ...credentials }
  const why =
    url === undefined
      ? mistakes.find(([sign]) => sign.test(text))?.[1]
      : 'its user or password holds a character that must be percent-encoded'
  const what = `${repeated(text)} is not the address of a proxy`
  return { why: [what, why].filter(Boolean).join(': '), hint: rightForm(text) }
}

/** The address for messages: user and password are masked, and all of it unless it is plain. */
export function shownProxy(text: string): string {
  if (text === 'none') return text
  const { user, place } = split(text)
  const [beginning = ''] = /^[a-z][a-z\d+.-]*:\/\//i.exec(text) ?? []
  const isPlain = hostAndPort.test(place.replace(/\/$/, ''))
  if (user === undefined) return isPlain ? text : mask
  return isPlain ? `${beginning}${mask}@${place}` : mask
}
