import type { SeenRequest } from './seen.ts'

const mask = '[MASKED]'
const tokenLike = /\bgl[a-z]{2,}-[\w.-]{8,}/g
const secretNames = /^(token|private[-_]token|job[-_]token|authorization|cookie|access_token)$/i
const inQuery = /((?:^|[?&;])(?:token|private_token|job_token|access_token)=)[^&;]*/gi
const inJson = /("(?:token|private_token|job_token|access_token)"\s*:\s*)"(?:[^"\\]|\\.)*"/gi

/** A text without the tokens of the sandbox and anything that looks like one. */
export function maskText(text: string, tokens: string[]): string {
  const known = tokens.reduce((left, token) => left.replaceAll(token, mask), text)
  return known.replace(tokenLike, mask).replace(inQuery, `$1${mask}`).replace(inJson, `$1"${mask}"`)
}

/** A request as people may see it: every token masked, the body only where it is not a form. */
export function maskedRequest(seen: SeenRequest, tokens: string[]): Record<string, unknown> {
  const show = (name: string, value: string): string =>
    secretNames.test(name) ? mask : maskText(value, tokens)
  const headers = Object.entries(seen.headers).map(([name, value]) => [name, show(name, String(value))])
  return {
    method: seen.method,
    path: maskText(seen.path, tokens),
    status: seen.status ?? null,
    outcome: seen.outcome,
    headers: Object.fromEntries(headers) as Record<string, string>,
    fields: seen.fields.map(([name, value]) => [name, show(name, value.toString())]),
    ...(seen.fields.length === 0 ? { body: maskText(seen.body.toString(), tokens) } : {}),
  }
}
