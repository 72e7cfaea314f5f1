import type { Answer } from '../../http/message.ts'

/** The JSON in an answer; undefined where it is none. One byte order mark is tolerated (docs/guarantees.md#T77). */
export function jsonOf(answer: Pick<Answer, 'body'>): unknown {
  try {
    return JSON.parse(answer.body.replace(/^\uFEFF/, ''))
  } catch {
    return undefined
  }
}

/** An object's own members, whatever was parsed; none for anything that is not an object. */
export function objectMembers(value: unknown): Readonly<Record<string, unknown>> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? (value as Record<string, unknown>) : {}
}

/** The longest error text that is passed on, in characters: a wrong server may send anything. */
const longest = 300

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > longest ? `${line.slice(0, longest)}...` : line
}

/** The words in one of GitLab's error values: a string, a list of strings, or lists by field (docs/gitlab.md#2.3). */
function words(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return value.map(words).filter(Boolean).join(', ')
  return Object.entries(objectMembers(value))
    .map(([field, texts]) =>
      field === 'base' || field === 'error' ? words(texts) : `${field} ${words(texts)}`,
    )
    .join('; ')
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  middot: '\u00b7',
  ndash: '-',
  mdash: '-',
  hellip: '...',
}

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,6})|#x([\da-f]{1,6})|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return entities[String(name)] ?? whole
    const code = decimal === undefined ? parseInt(String(hex), 16) : Number(decimal)
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

function textOfHtml(html: string): string {
  const title = /<title[^>]*>([\s\S]*?)<\/title>/i.exec(html)?.[1]
  const text = title ?? html.replace(/<(script|style)[\s\S]*?<\/\1>/gi, ' ')
  return decodeEntities(text.replace(/<[^>]*>/g, ' '))
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
  const isHtml = /html/i.test(answer.headers['content-type'] ?? '') || /^\s*</.test(answer.body)
  return oneLine(isHtml ? textOfHtml(answer.body) : answer.body)
}

/**
 * Whether an answer proves that this server does not have the API that was asked. Where GitLab has the route, every 404 of it has
 * a `message`; where it has not, the answer is Grape's `{"error": ...}` or Rails' own page (docs/gitlab.md#10.2, "other api version").
 */
export function lacksApi({ status, body }: Pick<Answer, 'status' | 'body'>): boolean {
  return status === 404 && objectMembers(jsonOf({ body }))['message'] === undefined
}
