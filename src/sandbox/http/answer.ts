import type { Text } from '../log/text.ts'

/** What the sandbox answers: a status, headers beyond the usual ones, and a body. */
export interface Answer {
  status: number
  headers: Record<string, string>
  body: Buffer
  /** In place of `body`: a text that is made while it is sent. */
  stream?: Text
}

/** Ends the handling of a request with an answer, as Grape's `throw :error` does. */
export class Halt extends Error {
  readonly answer: Answer

  constructor(answer: Answer) {
    super(`answered ${answer.status}`)
    this.answer = answer
  }
}

/** An answer of a given content type; an empty `type` sends none. */
export function answer(status: number, type: string, body: string | Buffer): Answer {
  return { status, headers: type === '' ? {} : { 'content-type': type }, body: Buffer.from(body) }
}

/** A JSON answer. */
export function json(status: number, value: unknown): Answer {
  return answer(status, 'application/json', JSON.stringify(value))
}

/** GitLab's own failure form: `{"message": …}`, where the message may be a hash of lists (docs/gitlab.md#2.3). */
export function message(status: number, value: unknown): Answer {
  return json(status, { message: value })
}

/** Grape's failure form: `{"error": …}` (docs/gitlab.md#9.6). */
export function error(status: number, text: string): Answer {
  return json(status, { error: text })
}

/** A failure reported by a model: `{"message":{"base":[…]}}`. */
export function base(status: number, text: string): Answer {
  return message(status, { base: [text] })
}

/** A plain text answer, as middleware in front of Grape gives. */
export function text(status: number, body: string): Answer {
  return answer(status, 'text/plain', body)
}

/** A page, as Rails gives outside the API. */
export function page(status: number, title: string): Answer {
  const body = `<!DOCTYPE html>\n<html>\n<head><title>${title} (${status})</title></head>\n<body><h1>${status}</h1><h3>${title}</h3></body>\n</html>\n`
  return answer(status, 'text/html; charset=utf-8', body)
}

/** `M404` of docs/gitlab.md#10.1. */
export const notFound = (): Answer => message(404, '404 Not Found')

/** `M500` of docs/gitlab.md#10.1. */
export const serverError = (): Answer => message(500, '500 Internal Server Error')

/** `E404` of docs/gitlab.md#10.1: no route. */
export const noRoute = (): Answer => error(404, '404 Not Found')

/** What the 18.9 malformed-strings middleware says: never JSON. */
export const badRequest = (): Answer => text(400, 'Bad Request')

/** What a Rails error in front of Grape looks like on 18.9. */
export const failsafe = (): Answer =>
  text(500, '500 Internal Server Error\nIf you are the administrator of this website, please read the log.\n')
