import type { Answer } from '../../http/message.ts'
import { parseBoundedJson } from './bounded-json.ts'

/** The JSON in an answer, within bounds; undefined where it is none. */
export function jsonOf(answer: Pick<Answer, 'body'>): unknown {
  return parseBoundedJson(answer.body)
}

/** An object's own members, whatever was parsed; none for anything that is not an object. */
export function objectMembers(value: unknown): Readonly<Record<string, unknown>> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? (value as Record<string, unknown>) : {}
}

/** The longest error text that is passed on, in characters: a wrong server may send anything. */
const longest = 300

/** How much of an error text is parsed, in characters: more would take seconds. */
const longestSource = 16_384

/** The beginning of a text, cut between words: half of a secret would not be known as one (docs/guarantees.md#7.2). */
function cutBetweenWords(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).replace(/[^\s"'<>()[\]{},;|]*$/, '')
}

function oneLine(text: string): string {
  const line = cutBetweenWords(text, longestSource).replace(/\s+/g, ' ').trim()
  return line.length > longest ? `${cutBetweenWords(line, longest).trimEnd()}...` : line
}

/** The most parts of an error value that are put into words. */
const mostParts = 20

/** The words in one of GitLab's error values: a string, a list of strings, or lists by field (docs/gitlab.md#2.3). */
function words(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return value.slice(0, mostParts).map(words).filter(Boolean).join(', ')
  return Object.entries(objectMembers(value))
    .slice(0, mostParts)
    .map(([field, texts]) =>
      field === 'base' || field === 'error' ? words(texts) : `${field} ${words(texts)}`,
    )
    .join('; ')
}

const entities: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
  ['middot', '\u00b7'],
  ['ndash', '-'],
  ['mdash', '-'],
  ['hellip', '...'],
])

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,6})|#x([\da-f]{1,6})|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return entities.get(String(name)) ?? whole
    const code = decimal === undefined ? parseInt(String(hex), 16) : Number(decimal)
    return code <= 0x10ffff ? String.fromCodePoint(code).toWellFormed() : whole
  })
}

/** A text with a blank in place of each tag. A pattern would look to the end of the text for each `<`. */
function withoutTags(html: string): string {
  let text = ''
  let at = 0
  for (;;) {
    const begin = html.indexOf('<', at)
    const end = begin < 0 ? -1 : html.indexOf('>', begin)
    if (end < 0) return text + html.slice(at)
    text += `${html.slice(at, begin)} `
    at = end + 1
  }
}

function textOfHtml(html: string): string {
  const has = (end: RegExp): boolean => end.test(html)
  const title = has(/<\/title>/i) ? /<title[^>]*>([\s\S]*?)<\/title>/i.exec(html)?.[1] : undefined
  const isMixed = title === undefined && has(/<\/(script|style)>/i)
  const text = isMixed ? html.replace(/<(script|style)[\s\S]*?<\/\1>/gi, ' ') : (title ?? html)
  return decodeEntities(withoutTags(text))
}

/**
 * GitLab's own words in an answer that is not success, as one line: from an `error` string, a `message` string, lists by field,
 * `{"error": …}`, plain text or HTML. '' where there are none.
 */
export function gitlabWords(answer: Pick<Answer, 'body' | 'headers'>): string {
  const json = jsonOf(answer)
  if (json !== undefined) {
    const { message, error, error_description: description } = objectMembers(json)
    return oneLine([words(message ?? error), words(description)].filter(Boolean).join(': '))
  }
  const text = cutBetweenWords(answer.body, longestSource)
  const isHtml = /html/i.test(answer.headers['content-type'] ?? '') || /^\s*</.test(text)
  return oneLine(isHtml ? textOfHtml(text) : text)
}

/**
 * Whether an answer proves that this server does not have the API that was asked. Where GitLab has the route, every 404 of it has
 * a `message`; where it has not, the answer is Grape's `{"error": ...}` or Rails' own page (docs/gitlab.md#10.2, "other api version").
 */
export function lacksApi({ status, body }: Pick<Answer, 'status' | 'body'>): boolean {
  return status === 404 && objectMembers(jsonOf({ body }))['message'] === undefined
}
